import { sql } from 'kysely'
import type { TrailState } from '../../../shared/audit-trail.ts'
import type { Database } from '../../session/database.ts'

type Row = Omit<TrailState, 'lastSeal' | 'tail'> & {
  seal_no: string | null
  sealed_at: string | null
  hash: string | null
  sysid: string | null
  events: number
  age: number | null
}

/**
 * How far the trail is sealed, for who may read `audit_logs`. Null where the database has no trail, or where the role may not see its
 * seals. Cheap: what is not sealed yet is found by its transactions.
 */
export const readTrailState = async (database: Database, signal: AbortSignal): Promise<TrailState | null> => {
  const [access] = await database.query(
    sql<{ may: boolean }>`
      select coalesce(has_table_privilege(to_regclass('audit.seal'), 'SELECT')
                      and has_table_privilege(to_regclass('public.audit_logs'), 'SELECT'), false) as may`,
    { signal },
  )
  if (access?.may !== true) return null
  const [row] = await database.query(
    sql<Row>`
      with head as (select * from audit.seal order by seal_no desc limit 1),
           tail as (select count(*)::int as events, extract(epoch from clock_timestamp() - min(e.ts))::float8 as age
                      from (select 1) one
                      left join head on true
                      join public.audit_logs e
                        on head.seal_no is null
                        or (e.sysid = head.sysid and e.xid >= pg_snapshot_xmin(head.snap)::text::bigint
                            and not pg_visible_in_snapshot(e.xid::text::xid8, head.snap)))
      select head.seal_no::text, head.sysid::text, encode(head.hash, 'hex') as hash,
             to_char(head.sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sealed_at,
             tail.events, tail.age,
             has_function_privilege('audit.seal()', 'EXECUTE') as "maySeal",
             has_table_privilege('audit.event', 'SELECT') as "mayVerify",
             coalesce(has_function_privilege(to_regprocedure('audit.reveal(timestamptz,bigint,text)'), 'EXECUTE'), false) as "mayReveal"
        from tail left join head on true`,
    { signal },
  )
  if (row === undefined) return null
  const { seal_no, sealed_at, hash, sysid, events, age, maySeal, mayVerify, mayReveal } = row
  return {
    lastSeal:
      seal_no === null || sealed_at === null || hash === null || sysid === null
        ? null
        : { sealNo: seal_no, hash, sysid, sealedAt: sealed_at },
    tail: { events, age },
    maySeal,
    mayVerify,
    mayReveal,
  }
}
