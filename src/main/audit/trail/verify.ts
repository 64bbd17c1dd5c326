import { createHash } from 'node:crypto'
import type pg from 'pg'
import { findingLimit, type Published, type TrailReport } from '../../../shared/audit-trail.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import { newTag } from '../../session/tag.ts'
import { alteredEvents } from './altered-events.ts'
import { createAssignment, type Link, rangesOf } from './coverage.ts'
import type { TrailEvent } from './event-lines.ts'
import { createFindings, type Findings } from './findings.ts'
import { findHidden } from './hidden.ts'
import { createMerkleTree } from './merkle.ts'
import { countAllEvents, countEvents, readClusters, readEvents, readHashes, readSeals } from './read-trail.ts'
import { nothingLeft, readRetired, retirementOf } from './retired.ts'
import { createRetirements, judgeRetirements, type Retirements } from './retirements.ts'
import { chainFaults, type Head, headOf, type SealRow } from './seal.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/** Seals whose events are read at once: each keeps the open nodes of one Merkle tree. */
const batch = 1000
/** Events that are read at once, of whole seals: what is kept of them until they are sorted is some 20 MB. */
const eventsAtOnce = 100_000

/** The first of these seals, up to so many events. */
const upTo = (seals: readonly SealRow[], events: number): readonly SealRow[] => {
  let sum = 0
  const last = seals.findIndex(({ n }) => {
    sum += Number(n)
    return sum >= events
  })
  return last === -1 ? seals : seals.slice(0, last + 1)
}

type Leaf = Pick<TrailEvent, 'id' | 'leaf'>

/** By their ids. Those that are no exact numbers of JavaScript may look equal. */
const byId = (one: Leaf, other: Leaf): number =>
  Number(one.id) - Number(other.id) || Number(BigInt(one.id) - BigInt(other.id))

const nothing: Snapshot = { xmin: 0n, xmax: 0n, running: new Set() }

/** A package that its verifier proved, to be looked for among those of retired months. `head`: the last seal of its chain. */
export type ShownPackage = { sha256: string; head: Published }

/** The events of a batch beside its seals. Returns how many events its seals cover. */
const verifyEvents = async (
  client: pg.ClientBase,
  links: readonly Link[],
  { findings, retirements, keptAtMost }: { findings: Findings; retirements: Retirements; keptAtMost: number },
  { signal, onEvents }: { signal: AbortSignal; onEvents: (events: number) => void },
): Promise<number> => {
  const found = links.map(({ seal }) => {
    const retirement = retirementOf(retirements.all, seal)
    return {
      tree: createMerkleTree(),
      /** How many it has; of more than it was made over no leaf is kept. */
      n: 0,
      atMost: Number(seal.n),
      /** What is to be sorted yet. */
      kept: [] as Leaf[],
      idMin: '',
      idMax: '',
      retired: retirement === undefined ? null : { retirement, leaves: createHash('sha256') },
    }
  })
  const add = (sum: (typeof found)[number], { id, leaf }: Leaf): void => {
    if (sum.idMin === '') sum.idMin = id
    sum.idMax = id
    sum.tree.add(leaf)
    sum.retired?.leaves.update(leaf)
  }
  const sealOf = createAssignment(links)
  let covered = 0
  // They lie nearly in their order, and the server would sort them with all their columns.
  const sorted = found.reduce((sum, { atMost }) => sum + atMost, 0) > keptAtMost
  for await (const events of readEvents(client, rangesOf(links), signal, { sorted })) {
    for (const event of events) {
      const at = sealOf(event)
      const sum = at === null ? undefined : found[at]
      if (sum === undefined) continue
      sum.n += 1
      if (sorted) add(sum, event)
      else if (sum.n <= sum.atMost) sum.kept.push({ id: event.id, leaf: event.leaf })
      covered += 1
    }
    onEvents(events.length)
  }
  for (const sum of found) for (const leaf of sum.kept.sort(byId)) add(sum, leaf)
  for (const [at, link] of links.entries()) {
    const { seal } = link
    const sum = found[at]
    if (sum === undefined) continue
    const isWhole =
      seal.n === String(sum.n) &&
      (sum.n === 0 || (seal.idMin === sum.idMin && seal.idMax === sum.idMax)) &&
      seal.root === sum.tree.root().toString('hex')
    if (isWhole) continue
    if (sum.retired !== null) {
      const { retirement, leaves } = sum.retired
      const remaining = retirement.remaining.get(seal.sealNo) ?? nothingLeft
      if (remaining.n === sum.n && remaining.leaves === leaves.digest('hex')) {
        retirements.explain(retirement, seal.sealNo, Number(seal.n) - sum.n)
      } else {
        findings.add(
          'content',
          seal.sealNo,
          `Of the ${seal.n} events of seal ${seal.sealNo} there are ${sum.n}. When ${retirement.month} was retired, these remained: ${remaining.n}, and other ones or more.`,
        )
      }
      continue
    }
    findings.add(
      'content',
      seal.sealNo,
      seal.n === String(sum.n)
        ? `Seal ${seal.sealNo} was made over other events than these ${sum.n}.`
        : `Seal ${seal.sealNo} was made over ${seal.n} events; now there are ${sum.n}.`,
    )
    if (findings.count > findingLimit) continue
    const altered = await alteredEvents(client, link, signal)
    if (altered === null) {
      findings.add(
        'content',
        seal.sealNo,
        `Which of the events of seal ${seal.sealNo} cannot be told: their hashes were changed, too.`,
      )
    }
    for (const { id, message } of altered ?? []) findings.add('event', seal.sealNo, message, id)
  }
  return covered
}

/** Each seal that was published beside the one of that number now. */
const verifyAnchors = async (
  client: pg.ClientBase,
  anchors: readonly Published[],
  findings: Findings,
): Promise<void> => {
  const hashes = await readHashes(
    client,
    anchors.map(({ sealNo }) => sealNo),
  )
  for (const { sealNo, hash, sealedAt } of anchors) {
    const now = hashes.get(sealNo)
    if (now === hash) continue
    findings.add(
      'anchor',
      sealNo,
      now === undefined
        ? `Seal ${sealNo} of ${sealedAt} was published and is no longer there: the end of the trail was cut, or an older state came back.`
        : `Seal ${sealNo} is not the one that was published on ${sealedAt}: the trail was written anew.`,
    )
  }
}

/**
 * Verifies the trail of a database: the chain of its seals, the events below each, and what was published of seals before. The
 * verdict is computed here, from what the database holds, by no function of its own. Reads in one snapshot, in constant memory.
 *
 * @param options.anchors seals that were published: from outside of the database, never from it
 * @param options.packages of retired months: without them these are proven by the digests of their packages only
 * @param options.keptAtMost events of which the hashes are kept here to be sorted; the server sorts more than that
 * @param options.since number of a published seal to begin after; null: from the beginning
 */
export const verifyTrail = async (
  client: pg.ClientBase,
  options: {
    anchors: readonly Published[]
    since: string | null
    packages?: readonly ShownPackage[]
    keptAtMost?: number | undefined
  },
  { signal, report }: { signal: AbortSignal; report: (progress: JobProgress) => void },
): Promise<TrailReport> => {
  const started = performance.now()
  const findings = createFindings()
  const { since, packages = [], keptAtMost = 4 * eventsAtOnce } = options
  const anchors = [...options.anchors, ...packages.map(({ head }) => head)]
  await client.query(`${newTag()} begin isolation level repeatable read read only`)
  try {
    await client.query(
      `${newTag()} set local search_path = pg_catalog, pg_temp; set local jit = off; set local work_mem = '64MB'`,
    )
    await verifyAnchors(client, anchors, findings)

    let head: Head | null = null
    if (since !== null) {
      const [seal] = await readSeals(client, BigInt(since) - 1n, 1)
      if (seal?.sealNo === since) head = headOf(seal, readSnapshot(seal.snap) ?? nothing)
    }
    const begin: Head | null = head
    // Counted only where all of them are read.
    const total = begin === null ? await countAllEvents(client) : null
    // From here on it is parts that are read. Without statistics the planner would read a whole month for each batch of seals.
    await client.query(`${newTag()} set local enable_seqscan = off`)
    const clusters = await readClusters(client)
    const { retirements: found, unreadable } = await readRetired(client)
    const retirements = createRetirements(found)
    if (unreadable > 0)
      findings.add('retired', null, `${unreadable} notes of retired months cannot be read: they were forged.`)
    const eras: TrailReport['eras'] = []
    /** What the last seal of each cluster saw. */
    const seen = new Map<string, Snapshot>(head === null ? [] : [[head.sysid, head.snapshot]])
    let [seals, covered, read] = [0, 0, 0]
    let atOnce = eventsAtOnce
    for (;;) {
      signal.throwIfAborted()
      const rows: readonly SealRow[] = upTo(await readSeals(client, head?.sealNo ?? 0n, batch), atOnce)
      if (rows.length === 0) break
      const links: Link[] = []
      for (const seal of rows) {
        for (const fault of chainFaults(seal, head, seen.get(seal.sysid) ?? null))
          findings.add('chain', seal.sealNo, `Seal ${seal.sealNo}: ${fault}.`)
        if (head?.sysid !== seal.sysid)
          eras.push({ sysid: seal.sysid, fromSeal: seal.sealNo, at: seal.sealedAt })
        const snapshot = readSnapshot(seal.snap) ?? nothing
        links.push({ seal, snapshot, before: head, clusters })
        head = headOf(seal, snapshot)
        seen.set(seal.sysid, snapshot)
      }
      seals += rows.length
      await retirements.find(client, links)
      const readBefore = read
      const ofThese = await verifyEvents(
        client,
        links,
        { findings, retirements, keptAtMost },
        {
          signal,
          onEvents(events) {
            read += events
            report({
              done: Math.min(read, total ?? read),
              total,
              unit: 'events',
              what: `Seal ${rows[0]?.sealNo} and later`,
            })
          },
        },
      )
      covered += ofThese
      // Beside a long transaction seals reach far back, and events are read again: then so many more at once that it stays linear.
      atOnce = read - readBefore > 2 * ofThese ? atOnce * 2 : eventsAtOnce
    }

    judgeRetirements(retirements, begin === null, findings)
    await findHidden(
      client,
      begin === null ? { read: seals, from: null } : { read: seals + 1, from: since },
      findings,
    )
    const tail = await countEvents(
      client,
      head === null ? null : { sysid: head.sysid, snap: head.snapText, xmin: head.snapshot.xmin },
    )
    const uncovered = total === null || head === null ? 0 : total - covered - tail.events
    if (uncovered > 0) {
      findings.add(
        'uncovered',
        null,
        `${uncovered.toLocaleString('en')} events are covered by no seal, though they are older than the last one.`,
      )
    } else if (uncovered < 0) {
      findings.add(
        'uncovered',
        null,
        `${(-uncovered).toLocaleString('en')} events are covered more than once, so that nobody can tell which are covered by none.`,
      )
    }
    const retired = [...retirements.proven].map(({ month, events, fromSeal, toSeal, packages: noted }) => ({
      month,
      events,
      fromSeal,
      toSeal,
      packages: noted,
      shown: noted.every(({ sha256 }) => packages.some((shown) => shown.sha256 === sha256)),
    }))
    const newest = anchors.toSorted((a, b) => Number(BigInt(a.sealNo) - BigInt(b.sealNo))).at(-1) ?? null
    return {
      verdict:
        findings.count > 0
          ? 'broken'
          : head === null
            ? 'unsealed'
            : retired.every(({ shown }) => shown)
              ? 'intact'
              : 'retired',
      since: begin === null ? null : since,
      seals,
      events: covered,
      eras,
      findings: findings.count,
      listed: findings.listed,
      firstBadSeal: findings.firstBadSeal,
      head:
        head === null
          ? null
          : { sealNo: String(head.sealNo), hash: head.hash, sysid: head.sysid, sealedAt: head.sealedAt },
      tail,
      anchors: { checked: anchors.length, newest },
      retired,
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    await client.query(`${newTag()} rollback`).catch(() => undefined)
  }
}
