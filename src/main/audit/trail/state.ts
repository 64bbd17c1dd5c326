import { sql } from 'kysely'
import { type TrailState, tailLimit } from '../../../shared/audit-trail.ts'
import type { Database } from '../../session/database.ts'
import { iso } from '../../session/iso.ts'
import { mayRead } from '../../session/may-read.ts'

type Head = {
  seal_no: string
  sealed_at: string
  hash: string
  sysid: string
  snap: string
}
type Row = Omit<TrailState, 'lastSeal' | 'tail'> & TrailState['tail']

/**
 * How far the trail is sealed, for who may read `audit_logs`. Null where the database has no trail, or where the role may not see its
 * seals. Cheap, as it is asked again and again: what is not sealed yet is found by its transactions, and counted up to a limit.
 */
export const readTrailState = async (database: Database, signal: AbortSignal): Promise<TrailState | null> => {
  if (!(await mayRead(database, ['audit.seal', 'public.audit_logs'], signal))) return null
  const [head] = await database.query(
    // By its number: the bare name is the column of texts, where 9 comes after 12.
    sql<Head>`
      select s.seal_no::text, sysid::text, snap::text, encode(hash, 'hex') as hash, ${iso(sql`sealed_at`)} as sealed_at
        from audit.seal s order by s.seal_no desc limit 1`,
    { signal },
  )
  // Values and not a join with the seal: only for these the planner takes the index over transactions.
  const unsealed =
    head === undefined
      ? sql`true`
      : sql`e.sysid = ${head.sysid}::bigint and e.xid >= pg_snapshot_xmin(${head.snap}::pg_snapshot)::text::bigint
            and not pg_visible_in_snapshot(e.xid::text::xid8, ${head.snap}::pg_snapshot)`
  const [row] = await database.query(
    sql<Row>`
      select count(*)::int as events, extract(epoch from clock_timestamp() - min(ts))::float8 as age,
             has_function_privilege('audit.seal()', 'EXECUTE') as "maySeal",
             has_table_privilege('audit.event', 'SELECT') as "mayVerify",
             coalesce(has_function_privilege(to_regprocedure('audit.reveal(timestamptz,bigint,text)'), 'EXECUTE'), false) as "mayReveal"
        from (select e.ts from public.audit_logs e where ${unsealed} limit ${tailLimit + 1}) tail`,
    { signal },
  )
  if (row === undefined) return null
  const { events, age, ...may } = row
  return {
    lastSeal:
      head === undefined
        ? null
        : { sealNo: head.seal_no, hash: head.hash, sysid: head.sysid, sealedAt: head.sealed_at },
    tail: { events, age },
    ...may,
  }
}
