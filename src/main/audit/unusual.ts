import { type RawBuilder, sql } from 'kysely'
import { type AuditUnusual, type AuditUnusualInput, changeOps } from '../../shared/audit.ts'
import { notByConsole, outside } from './matching.ts'

/** Milliseconds after which a reviewer would rather have the log than this summary. */
export const unusualTimeout = 10_000

/** What stands out in a period, in two passes over its events. Who did something in it is looked up in the time before, by the index of actors. */
export const unusual = ({ from, to, bulk, hours }: AuditUnusualInput): RawBuilder<AuditUnusual> => {
  const first = sql`coalesce(${from}::timestamptz, '-infinity')`
  const last = sql`coalesce(${to}::timestamptz, 'infinity')`
  const change = sql`e.op = any(${[...changeOps]}::text[])`
  return sql`
    with by_actor as materialized (
      select e.actor, min(e.ts) as since,
             count(*) filter (where e.op = 'DDL') as ddl,
             count(*) filter (where ${change} and ${notByConsole}) as without_console,
             count(*) filter (where ${change} and ${outside(hours)}) as outside_hours,
             count(*) filter (where ${change} and e.reason is null) as without_reason
        from public.audit_logs e
       where e.ts >= ${first} and e.ts < ${last}
       group by e.actor),
    counted as (
      select coalesce(sum(ddl), 0)::int as ddl, coalesce(sum(without_console), 0)::int as "withoutConsole",
             coalesce(sum(outside_hours), 0)::int as "outsideHours", coalesce(sum(without_reason), 0)::int as "withoutReason"
        from by_actor),
    deleted as (
      select e.xid::text as transaction, e.schema_name as schema, e.table_name as "table", count(*)::int as rows
        from public.audit_logs e
       where e.op = 'DELETE' and e.ts >= ${first} and e.ts < ${last}
       group by e.sysid, e.xid, e.schema_name, e.table_name
      having count(*) >= ${bulk}
       order by rows desc, e.xid
       limit 10),
    arrived as (
      select a.actor
        from by_actor a
        left join lateral (select e.ts from public.audit_logs e where e.actor = a.actor and e.ts < ${first} order by e.ts limit 1) earlier on true
       where ${from}::timestamptz is not null and earlier.ts is null
       order by a.since
       limit 10)
    select counted.*,
           coalesce((select jsonb_agg(to_jsonb(deleted)) from deleted), '[]') as "bulkDeletes",
           coalesce((select jsonb_agg(actor) from arrived), '[]') as "newActors"
      from counted`
}
