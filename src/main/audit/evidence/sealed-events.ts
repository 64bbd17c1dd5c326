import type pg from 'pg'
import { covers, createAssignment, type Link, rangesOf } from '../trail/coverage.ts'
import type { TrailEvent } from '../trail/event-lines.ts'
import { chunk, countIn, readClusters, readEvents, readSeals, type TrailRow } from '../trail/read-trail.ts'
import { type Head, headOf, type SealRow } from '../trail/seal.ts'
import { readSnapshot, type Snapshot } from '../trail/snapshot.ts'

/** Seals that are looked at together: their events are found by one statement. */
const batch = 1000

const nothing: Snapshot = { xmin: 0n, xmax: 0n, running: new Set() }

/** A seal, and events that it covers in the order of their ids. A seal with very many comes in several such parts. */
type Part = { seal: SealRow; events: TrailEvent[] }

/** The events of consecutive seals, seal by seal. Holds at most some thousands of them at once. */
async function* bySeal(
  client: pg.ClientBase,
  links: readonly Link[],
  row: TrailRow | null,
  signal: AbortSignal,
): AsyncGenerator<Part> {
  const [only] = links
  if (only === undefined) return
  if (links.length === 1) {
    for await (const events of readEvents(client, rangesOf(links), signal, { row })) {
      yield { seal: only.seal, events: events.filter((event) => covers(only, event)) }
    }
    return
  }
  const ranges = rangesOf(links)
  if ((await countIn(client, ranges, row)) > chunk) {
    const middle = links.length >> 1
    yield* bySeal(client, links.slice(0, middle), row, signal)
    yield* bySeal(client, links.slice(middle), row, signal)
    return
  }
  const sealOf = createAssignment(links)
  const found = links.map(({ seal }): Part => ({ seal, events: [] }))
  for await (const events of readEvents(client, ranges, signal, { row })) {
    for (const event of events) {
      const at = sealOf(event)
      if (at !== null) found[at]?.events.push(event)
    }
  }
  yield* found
}

/**
 * Seals of a range one after the other, and the events that they cover: all of them, or those of one row. Expects a transaction
 * with one snapshot.
 */
export async function* sealedEvents(
  client: pg.ClientBase,
  { from, to, row }: { from: bigint; to: bigint; row: TrailRow | null },
  signal: AbortSignal,
): AsyncGenerator<Part> {
  const clusters = await readClusters(client)
  let before: Head | null = null
  if (from > 1n) {
    const [seal] = await readSeals(client, from - 2n, 1)
    if (seal?.sealNo === String(from - 1n)) before = headOf(seal, readSnapshot(seal.snap) ?? nothing)
  }
  for (let after = from - 1n; after < to; ) {
    const rows = await readSeals(client, after, batch)
    const links: Link[] = []
    for (const seal of rows.filter(({ sealNo }) => BigInt(sealNo) <= to)) {
      const snapshot = readSnapshot(seal.snap) ?? nothing
      links.push({ seal, snapshot, before, clusters })
      before = headOf(seal, snapshot)
    }
    const last = links.at(-1)
    if (last === undefined) return
    after = BigInt(last.seal.sealNo)
    yield* bySeal(client, links, row, signal)
  }
}
