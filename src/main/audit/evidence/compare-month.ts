import { createHash } from 'node:crypto'
import type pg from 'pg'
import { openLines } from '../../../../resources/verify.mjs'
import { ConsoleError } from '../../../shared/errors.ts'
import { newTag } from '../../session/tag.ts'
import { readRetired } from '../trail/retired.ts'
import { monthOf, type OpenPackage } from './open-package.ts'
import { sealedEvents } from './sealed-events.ts'

/**
 * A month that packages hold whole. `ids`, `seals`: the first and the last; null: it has no events. `remaining`: of the seals in between,
 * how many events stay, and the SHA-256 over their leaves.
 */
export type ComparedMonth = {
  events: number
  ids: readonly [string, string] | null
  seals: readonly [string, string] | null
  remaining: readonly (readonly [sealNo: string, n: number, leaves: string])[]
}

const differs = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('CHECKSUM_MISMATCH', message, remedy)

const countOf = async (client: pg.ClientBase, month: string): Promise<number> => {
  const { rows } = await client.query<{ events: number }>(
    `${newTag()} select count(*)::float8 as events from audit.event
      where ts >= ($1 || '-01 00:00:00Z')::timestamptz
        and ts < (($1 || '-01')::timestamp + interval '1 month') at time zone 'UTC'`,
    [month],
  )
  return rows[0]?.events ?? 0
}

/** What a seal has of the month, and of others with the digest over their leaves. */
type SealSum = { sealNo: string; ofMonth: number; others: number; leaves: string }

/**
 * Compares the events of packages with those of the database, line by line in the order of their seals, and counts those of a month.
 * Expects a transaction with one snapshot. Fails with `CHECKSUM_MISMATCH` where one differs, or where the month has more.
 */
export const compareMonth = async (
  client: pg.ClientBase,
  month: string,
  packages: readonly OpenPackage[],
  { signal, onEvents }: { signal: AbortSignal; onEvents: (events: number) => void },
): Promise<ComparedMonth> => {
  const gone = new Set((await readRetired(client)).retirements.map((retirement) => retirement.month))
  let low: bigint | null = null
  let high: bigint | null = null
  const sums: SealSum[] = []
  let upTo = 0n
  for (const { folder, manifest } of packages.toSorted((a, b) =>
    Number(BigInt(a.manifest.seals.from) - BigInt(b.manifest.seals.from)),
  )) {
    const packed = openLines(folder, 'events.ndjson')
    const next = async (): Promise<Buffer | null> => {
      for (;;) {
        const line = await packed.next()
        if (line === null || !gone.has(monthOf(line))) return line
      }
    }
    const span = { from: BigInt(manifest.seals.from), to: BigInt(manifest.seals.to), row: null }
    let open = { sealNo: '', ofMonth: 0, others: 0, leaves: createHash('sha256') }
    // A seal that two packages hold counts once.
    const close = (): void => {
      if (open.ofMonth + open.others > 0 && BigInt(open.sealNo) > upTo)
        sums.push({ ...open, leaves: open.leaves.digest('hex') })
    }
    for await (const { seal, events } of sealedEvents(client, span, signal)) {
      if (seal.sealNo !== open.sealNo) {
        close()
        open = { sealNo: seal.sealNo, ofMonth: 0, others: 0, leaves: createHash('sha256') }
      }
      for (const { id, line, leaf } of events) {
        if ((await next())?.equals(line) !== true) {
          throw differs(
            `Event ${id} of seal ${seal.sealNo} is not in the package as the trail has it.`,
            'Verify the trail. Where it is intact, the package is of another one.',
          )
        }
        if (monthOf(line) === month) {
          open.ofMonth += 1
          const number = BigInt(id)
          if (low === null || number < low) low = number
          if (high === null || number > high) high = number
        } else {
          open.others += 1
          open.leaves.update(leaf)
        }
      }
      onEvents(events.length)
    }
    close()
    if ((await next()) !== null) {
      throw differs(
        'The package has events that the trail has no more.',
        'Run "viruj-console audit verify", and find out where they went.',
      )
    }
    if (span.to > upTo) upTo = span.to
  }

  const events = sums.reduce((total, { ofMonth }) => total + ofMonth, 0)
  const there = await countOf(client, month)
  if (there !== events) {
    throw differs(
      `The package holds ${events.toLocaleString('en')} of the ${there.toLocaleString('en')} events of ${month}.`,
      'Export the whole month. Where its first events are below a seal that an earlier month shares, name the package of that month, too: --package once for each.',
    )
  }
  const touched = sums.filter(({ ofMonth }) => ofMonth > 0).map(({ sealNo }) => sealNo)
  const [from, to] = [touched[0], touched.at(-1)]
  if (from === undefined || to === undefined || low === null || high === null)
    return { events, ids: null, seals: null, remaining: [] }
  return {
    events,
    ids: [String(low), String(high)],
    seals: [from, to],
    remaining: sums
      .filter(
        ({ sealNo, others }) => others > 0 && BigInt(sealNo) >= BigInt(from) && BigInt(sealNo) <= BigInt(to),
      )
      .map(({ sealNo, others, leaves }) => [sealNo, others, leaves] as const),
  }
}
