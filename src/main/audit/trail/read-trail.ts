import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { EventFetch } from './event-fetch.ts'
import { createEventReader, eventColumns, type TrailEvent } from './event-lines.ts'
import type { SealRow } from './seal.ts'

/** Everything as the server writes it: nothing may be lost on the way to a hash. */
const asText = { getTypeParser: () => (value: string) => value }

type Row = readonly (string | null)[]

const rowsOf = async (client: pg.ClientBase, text: string, values: unknown[] = []): Promise<Row[]> => {
  const { rows } = await client.query<(string | null)[]>({
    text: `${newTag()} ${text}`,
    values,
    rowMode: 'array',
    types: asText,
  })
  return rows
}

const required = (value: string | null | undefined): string => {
  if (value === null || value === undefined)
    throw new Error('The server left a value out that is never null.')
  return value
}

const utc = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** At most `limit` seals after the one of this number, in their order. */
export const readSeals = async (client: pg.ClientBase, after: bigint, limit: number): Promise<SealRow[]> => {
  const rows = await rowsOf(
    client,
    `select seal_no, sysid, snap, prev_snap, n, id_min, id_max, encode(root, 'hex'), encode(prev_hash, 'hex'),
            encode(hash, 'hex'), ${utc('sealed_at')}, sealed_by
       from audit.seal where seal_no > $1 order by seal_no limit ${limit}`,
    [String(after)],
  )
  return rows.map(
    ([sealNo, sysid, snap, prevSnap, n, idMin, idMax, root, prevHash, hash, sealedAt, sealedBy]) => ({
      sealNo: required(sealNo),
      sysid: required(sysid),
      snap: required(snap),
      prevSnap: prevSnap ?? null,
      n: required(n),
      idMin: idMin ?? null,
      idMax: idMax ?? null,
      root: required(root),
      prevHash: required(prevHash),
      hash: required(hash),
      sealedAt: required(sealedAt),
      sealedBy: required(sealedBy),
    }),
  )
}

/** Events of one cluster whose transactions lie in a range, of which `to` does not count; or those of all other clusters. */
export type EventRange = { sysid: string; from: bigint; to: bigint } | { otherThan: string }

/** One row of a recorded table, named as the trail names it. */
export type TrailRow = { schema: string; table: string; row: string }

/** Events that are read at once. */
export const chunk = 5000

/** `values` are what it refers to. */
const conditionOf = (
  ranges: readonly EventRange[],
  row: TrailRow | null,
): { condition: string; values: string[] } => {
  const values: string[] = []
  const value = (text: string): string => `$${values.push(text)}`
  const within = ranges
    .map((range) =>
      'otherThan' in range
        ? `e.sysid <> ${value(range.otherThan)}`
        : `(e.sysid = ${value(range.sysid)} and e.xid >= ${value(String(range.from))} and e.xid < ${value(String(range.to))})`,
    )
    .join(' or ')
  const ofRow =
    row === null
      ? ''
      : ` and e.schema_name = ${value(row.schema)} and e.table_name = ${value(row.table)} and e.row_pk = ${value(row.row)}`
  return { condition: `(${within})${ofRow}`, values }
}

/** How many events there are in these ranges, of one row or of all. */
export const countIn = async (
  client: pg.ClientBase,
  ranges: readonly EventRange[],
  row: TrailRow | null,
): Promise<number> => {
  const { condition, values } = conditionOf(ranges, row)
  const [counted] = await rowsOf(client, `select count(*) from audit.event e where ${condition}`, values)
  return Number(counted?.[0] ?? 0)
}

/**
 * Events, read in chunks: the next is on its way while one is looked at.
 *
 * @param options.sorted whether they come in the order of their ids, which the server has to sort for, with its files beyond its `work_mem`;
 *   otherwise they come as they lie, which is nearly that order
 */
export async function* readEvents(
  client: pg.ClientBase,
  ranges: readonly EventRange[],
  signal: AbortSignal,
  { row = null, sorted = true }: { row?: TrailRow | null; sorted?: boolean } = {},
): AsyncGenerator<TrailEvent[]> {
  const { condition, values } = conditionOf(ranges, row)
  // All of them are read: the plan that is quick at its first row is not the quickest.
  await client.query(`${newTag()} set local cursor_tuple_fraction = 1`)
  await client.query(
    `${newTag()} declare trail_events binary no scroll cursor for
       select ${eventColumns} from audit.event e where ${condition}${sorted ? ' order by e.id' : ''}`,
    values,
  )
  const toEvent = createEventReader()
  const fetch = (): Promise<TrailEvent[]> =>
    client.query(new EventFetch(`${newTag()} fetch ${chunk} from trail_events`, toEvent)).done
  try {
    let next = fetch()
    for (;;) {
      const events = await next
      signal.throwIfAborted()
      if (events.length === 0) return
      next = fetch()
      // A failure is told where it is awaited, also when nobody comes to that.
      next.catch(() => undefined)
      yield events
    }
  } finally {
    await client.query(`${newTag()} close trail_events`).catch(() => undefined)
  }
}

/** The leaves that a seal was made over, as the database keeps them: 65,536 at once. */
export async function* readLeafParts(client: pg.ClientBase, sealNo: string): AsyncGenerator<Buffer[]> {
  for (let part = 0; ; part += 1) {
    const [row] = await rowsOf(
      client,
      `select encode(leaves, 'hex') from audit.seal_part where seal_no = $1 order by part offset $2 limit 1`,
      [sealNo, String(part)],
    )
    if (row === undefined) return
    const leaves = Buffer.from(required(row[0]), 'hex')
    yield Array.from({ length: leaves.length / 32 }, (_, at) => leaves.subarray(at * 32, at * 32 + 32))
  }
}

/** How many events there are, and how old the oldest is that `condition` leaves, in seconds. */
export const countEvents = async (
  client: pg.ClientBase,
  since: { sysid: string; snap: string; xmin: bigint } | null,
): Promise<{ events: number; age: number | null }> => {
  const [row] = await rowsOf(
    client,
    `select count(*), extract(epoch from clock_timestamp() - min(ts))::float8 from audit.event e where ${
      since === null
        ? 'true'
        : 'e.sysid = $1 and e.xid >= $2 and not pg_visible_in_snapshot(e.xid::text::xid8, $3::pg_snapshot)'
    }`,
    since === null ? [] : [since.sysid, String(since.xmin), since.snap],
  )
  return { events: Number(row?.[0] ?? 0), age: row?.[1] == null ? null : Number(row[1]) }
}

/** Counts by the tables themselves: an index can be made to leave rows out, and seals and the ranges of seals are read by indexes. */
const withoutIndexes = async (client: pg.ClientBase, sql: string, values: unknown[]): Promise<number> => {
  const set = (used: 'on' | 'off', seqscan: 'on' | 'off'): string =>
    `${newTag()} set local enable_seqscan = ${seqscan}; set local enable_indexscan = ${used};
     set local enable_indexonlyscan = ${used}; set local enable_bitmapscan = ${used}`
  await client.query(set('off', 'on'))
  const [row] = await rowsOf(client, sql, values)
  await client.query(set('on', 'off'))
  return Number(required(row?.[0]))
}

/** How many events there are in all. From here on indexes are preferred, and so after `countSeals`. */
export const countAllEvents = (client: pg.ClientBase): Promise<number> =>
  withoutIndexes(client, 'select count(*) from audit.event', [])

/** How many seals there are from a number on; null: all, also those without any. */
export const countSeals = (client: pg.ClientBase, from: string | null): Promise<number> =>
  withoutIndexes(client, 'select count(*) from audit.seal where $1::bigint is null or seal_no >= $1', [from])

/** Hashes of the seals of these numbers, as far as there are any. */
export const readHashes = async (
  client: pg.ClientBase,
  sealNos: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await rowsOf(
    client,
    `select seal_no, encode(hash, 'hex') from audit.seal where seal_no = any ($1::bigint[])`,
    [sealNos],
  )
  return new Map(rows.map(([sealNo, hash]) => [required(sealNo), required(hash)]))
}

/** Clusters that made a seal of this trail. */
export const readClusters = async (client: pg.ClientBase): Promise<ReadonlySet<string>> => {
  const rows = await rowsOf(client, 'select distinct sysid from audit.seal')
  return new Set(rows.map(([sysid]) => required(sysid)))
}
