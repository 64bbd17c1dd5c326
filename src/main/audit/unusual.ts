import { type RawBuilder, sql } from 'kysely'
import { type AuditUnusual, type AuditUnusualInput, changeOps } from '../../shared/audit.ts'
import { notByConsole, outside } from './matching.ts'

/** Milliseconds after which a reviewer would rather have the log than this summary. */
export const unusualTimeout = 10_000

/** What stands out in a period, in two passes: over its events, and over the actors of all time before its end. */
export const unusual = ({ from, to, bulk, hours }: AuditUnusualInput): RawBuilder<AuditUnusual> => {
  const first = sql`coalesce(${from}::timestamptz, '-infinity')`
  const last = sql`coalesce(${to}::timestamptz, 'infinity')`
  const change = sql`e.op = any(${[...changeOps]}::text[])`
  return sql`
    with counted as (
      select count(*) filter (where e.op = 'DDL')::int as ddl,
             count(*) filter (where ${change} and ${notByConsole})::int as "withoutConsole",
             count(*) filter (where ${change} and ${outside(hours)})::int as "outsideHours",
             count(*) filter (where ${change} and e.reason is null)::int as "withoutReason"
        from public.audit_logs e
       where e.ts >= ${first} and e.ts < ${last}),
    deleted as (
      select e.xid::text as transaction, e.schema_name as schema, e.table_name as "table", count(*)::int as rows
        from public.audit_logs e
       where e.op = 'DELETE' and e.ts >= ${first} and e.ts < ${last}
       group by e.sysid, e.xid, e.schema_name, e.table_name
      having count(*) >= ${bulk}
       order by rows desc, e.xid
       limit 10),
    arrived as (
      select e.actor
        from public.audit_logs e
       where ${from}::timestamptz is not null and e.ts < ${last}
       group by e.actor
      having min(e.ts) >= ${first}
       order by min(e.ts)
       limit 10)
    select counted.*,
           coalesce((select jsonb_agg(to_jsonb(deleted)) from deleted), '[]') as "bulkDeletes",
           coalesce((select jsonb_agg(actor) from arrived), '[]') as "newActors"
      from counted`
}
