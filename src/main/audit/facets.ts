import { type RawBuilder, sql } from 'kysely'
import { facetLimit } from '../../shared/audit.ts'

export type FacetRow = {
  actor: string | null
  op: string | null
  schema: string | null
  table: string | null
  events: number
  facet: 'actor' | 'op' | 'table'
}

/** The most frequent actors, tables and operations of a period, counted in one pass. */
export const facetRows = (period: { from: string | null; to: string | null }): RawBuilder<FacetRow> => sql`
  with counted as (
    select actor, op, schema_name, table_name, count(*)::int as events,
           case when grouping(actor) = 0 then 'actor' when grouping(op) = 0 then 'op' else 'table' end as facet
      from public.audit_logs
     where ts >= coalesce(${period.from}::timestamptz, '-infinity')
       and ts < coalesce(${period.to}::timestamptz, 'infinity')
     group by grouping sets ((actor), (op), (schema_name, table_name))),
  ranked as (
    select *, row_number() over (partition by facet order by events desc, actor, op, schema_name, table_name) as place
      from counted
     where coalesce(actor, op, table_name) is not null)
  select actor, op, schema_name as "schema", table_name as "table", events, facet
    from ranked
   where place <= ${facetLimit}
   order by facet, place`
