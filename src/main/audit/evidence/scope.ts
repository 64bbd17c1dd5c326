import type pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EvidenceScope } from '../../../shared/evidence.ts'
import { newTag } from '../../session/tag.ts'

/** Seals whose events a package holds, and the seals of its chain: one before, and on to one that was published. */
export type SealSpan = { from: bigint; to: bigint }

const numberOf = async (
  client: pg.ClientBase,
  sql: string,
  values: unknown[] = [],
): Promise<bigint | null> => {
  const { rows } = await client.query<{ seal: string | null }>(`${newTag()} ${sql}`, values)
  const seal = rows[0]?.seal ?? null
  return seal === null ? null : BigInt(seal)
}

const wrong = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('INVALID_INPUT', message, remedy)

/** The first seal below which everything stands that was recorded before a time: also what was committed late. */
const endOf = async (
  client: pg.ClientBase,
  from: string | null,
  to: string,
  head: bigint,
): Promise<bigint> => {
  const first = await numberOf(
    client,
    `select min(seal_no)::text as seal from audit.seal where sealed_at >= $1::timestamptz`,
    [to],
  )
  if (first === null) return head
  const late = await numberOf(
    client,
    `with made as (select * from audit.seal where seal_no = $1),
          late as (select distinct e.xid from audit.event e, made
                    where e.ts >= coalesce($2::timestamptz, '-infinity') and e.ts < $3::timestamptz and e.sysid = made.sysid
                      and e.xid >= pg_snapshot_xmin(made.snap)::text::bigint
                      and not pg_visible_in_snapshot(e.xid::text::xid8, made.snap))
     select case when not exists (select from late) then $1::text
                 else (select min(s.seal_no)::text from audit.seal s, made
                        where s.seal_no > made.seal_no and s.sysid = made.sysid
                          and not exists (select from late where not pg_visible_in_snapshot(late.xid::text::xid8, s.snap))) end as seal`,
    [String(first), from, to],
  )
  return late ?? head
}

/** Seals between which all events of a row stand. What a cluster left unsealed stands below the seal that begins the next era. */
const spanOfRow = `
  with head as (select max(seal_no) as seal_no from audit.seal),
       mine as (select sysid, min(xid) as first, max(xid) as last from audit.event
                 where schema_name = $1 and table_name = $2 and row_pk = $3 group by sysid),
       era as (select mine.*, head.seal_no as head, last_seal.seal_no as ended,
                      (select min(seal_no) from audit.seal where seal_no > last_seal.seal_no) as next
                 from mine, head, lateral (select max(seal_no) as seal_no from audit.seal s where s.sysid = mine.sysid) last_seal)
  select min(coalesce((select min(seal_no) from audit.seal s where s.sysid = era.sysid and pg_snapshot_xmax(s.snap)::text::bigint > era.first),
                      era.next, case when era.ended is null then 1 else era.head end))::text as low,
         max(coalesce((select min(seal_no) from audit.seal s where s.sysid = era.sysid and pg_snapshot_xmin(s.snap)::text::bigint > era.last),
                      era.next, era.head))::text as high
    from era`

/** Finds the seals that a scope is about. Fails with `NOT_FOUND` or `INVALID_INPUT`. */
export const sealsOf = async (client: pg.ClientBase, scope: EvidenceScope): Promise<SealSpan> => {
  const head = await numberOf(client, 'select max(seal_no)::text as seal from audit.seal')
  if (head === null) {
    throw new ConsoleError(
      'NOT_FOUND',
      'Nothing is sealed yet: nothing can be proven.',
      'Run "viruj-console audit seal" first.',
    )
  }
  switch (scope.kind) {
    case 'seals': {
      const [from, to] = [BigInt(scope.from), BigInt(scope.to)]
      if (from >= 1n && from <= to && to <= head) return { from, to }
      throw wrong(`There are seals 1 to ${head}, not ${from} to ${to}.`, 'Name seals that there are.')
    }
    case 'period': {
      const { from: since, to: until } = scope
      if (since !== null && until !== null && Date.parse(since) >= Date.parse(until))
        throw wrong('The period ends before it begins.', 'Name a later end.')
      const from = await numberOf(
        client,
        `select min(seal_no)::text as seal from audit.seal where $1::timestamptz is null or sealed_at >= $1`,
        [since],
      )
      if (from === null) {
        throw new ConsoleError(
          'NOT_FOUND',
          'Nothing was sealed since that time.',
          'Seal first, or choose an earlier period.',
        )
      }
      const to = until === null ? head : await endOf(client, since, until, head)
      return { from, to: to < from ? from : to }
    }
    case 'row': {
      const { rows } = await client.query<{ low: string | null; high: string | null }>(
        `${newTag()} ${spanOfRow}`,
        [scope.schema, scope.table, scope.row],
      )
      const { low, high } = rows[0] ?? {}
      if (low == null || high == null) {
        throw new ConsoleError(
          'NOT_FOUND',
          `The trail has no events of row "${scope.row}" of ${scope.schema}.${scope.table}.`,
          'Name table and key as the audit log shows them.',
        )
      }
      return { from: BigInt(low), to: BigInt(high) }
    }
    default:
      return scope satisfies never
  }
}
