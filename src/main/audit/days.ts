import { type RawBuilder, sql } from 'kysely'
import { type AuditDays, type AuditDaysInput, dayLimit } from '../../shared/audit-days.ts'
import { iso } from '../session/iso.ts'
import { matching } from './matching.ts'

export type DayRow = AuditDays['days'][number] & { total: number }

/** Events per day of a zone, and of each day per operation and table. */
export const dayRows = ({ from, to, filters, zone }: AuditDaysInput): RawBuilder<DayRow> => sql`
  with counted as (
    select date_trunc('day', e.ts at time zone ${zone}::text) as day, e.op, e.schema_name, e.table_name, count(*)::int as events
      from public.audit_logs e
     where e.ts >= coalesce(${from}::timestamptz, '-infinity') and e.ts < coalesce(${to}::timestamptz, 'infinity')
       and ${matching(filters)}
     group by 1, 2, 3, 4)
  select ${iso(sql`(day at time zone ${zone}::text)`)} as "from",
         ${iso(sql`((day + interval '1 day') at time zone ${zone}::text)`)} as "to",
         sum(events)::int as events,
         jsonb_agg(jsonb_build_object(
           'op', op, 'events', events,
           'table', case when schema_name = 'public' then table_name else schema_name || '.' || table_name end)
           order by events desc, op, schema_name, table_name) as counts,
         count(*) over ()::int as total
    from counted
   group by day
   order by day desc
   limit ${dayLimit}`
