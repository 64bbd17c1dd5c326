import { type RawBuilder, sql } from 'kysely'
import type { AuditTimelineInput } from '../../shared/audit.ts'
import { iso } from './iso.ts'
import { matching } from './matching.ts'

export type TimelineRow = { from: string; to: string; counts: Record<string, number> }

/** One row a bucket, also for empty ones; none when there are no events or when the period is empty. */
export const timelineBuckets = (input: AuditTimelineInput): RawBuilder<TimelineRow> => sql`
  with period as materialized (
    select coalesce(${input.from}::timestamptz, (select min(ts) from public.audit_logs)) as first,
           coalesce(${input.to}::timestamptz, (select max(ts) from public.audit_logs) + interval '1 us') as last),
  bucket as (
    select n,
           first + (last - first) * (n::float8 / ${input.buckets}::int) as start,
           first + (last - first) * ((n + 1)::float8 / ${input.buckets}::int) as finish
      from period, generate_series(0, ${input.buckets}::int - 1) n
     where last > first),
  counted as (
    select least(floor(extract(epoch from e.ts - first) / extract(epoch from last - first) * ${input.buckets}::int)::int,
                 ${input.buckets}::int - 1) as n,
           e.op,
           count(*)::int as events
      from period, public.audit_logs e
     where e.ts >= first and e.ts < last and ${matching(input.filters)}
     group by 1, 2)
  select ${iso(sql`start`)} as "from",
         ${iso(sql`finish`)} as "to",
         coalesce(jsonb_object_agg(op, events) filter (where op is not null), '{}') as "counts"
    from bucket left join counted using (n)
   group by n, start, finish
   order by n`
