import { type RawBuilder, sql } from 'kysely'
import type { AuditTimeline, AuditTimelineInput } from '../../shared/audit.ts'
import { iso } from '../session/iso.ts'
import { matching } from './matching.ts'

export type TimelineRow = AuditTimeline['buckets'][number]

/**
 * One row a bucket, also for empty ones; none when there are no events or when the period is empty. Each bucket is a range of the
 * index over time: that takes less than to tell of each event which bucket it is in.
 */
export const timelineBuckets = (input: AuditTimelineInput): RawBuilder<TimelineRow> => sql`
  with period as materialized (
    select coalesce(${input.from}::timestamptz, (select min(ts) from public.audit_logs)) as first,
           coalesce(${input.to}::timestamptz, (select max(ts) from public.audit_logs) + interval '1 us') as last),
  bucket as (
    select n,
           first + (last - first) * (n::float8 / ${input.buckets}::int) as start,
           first + (last - first) * ((n + 1)::float8 / ${input.buckets}::int) as finish
      from period, generate_series(0, ${input.buckets}::int - 1) n
     where last > first)
  select ${iso(sql`start`)} as "from",
         ${iso(sql`finish`)} as "to",
         case when n between ${input.part?.first ?? 0}::int and ${input.part?.last ?? input.buckets}::int then
           (select coalesce(jsonb_object_agg(op, events), '{}')
              from (select e.op, count(*)::int as events
                      from public.audit_logs e
                     where e.ts >= start and e.ts < finish and ${matching(input.filters)}
                     group by e.op) counted) end as counts
    from bucket
   order by n`
