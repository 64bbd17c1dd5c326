import { type RawBuilder, sql } from 'kysely'
import { facetLimit } from '../../shared/audit.ts'

export type FacetRow = {
  actor: string | null
  op: string | null
  role: string | null
  app: string | null
  schema: string | null
  table: string | null
  events: number
  facet: 'actor' | 'op' | 'role' | 'app' | 'table'
}

/**
 * The most frequent actors, roles, programs, tables and operations of a period, counted in one pass: what occurs together first, which the
 * server shares among its workers and grouping sets it does not.
 */
export const facetRows = (period: { from: string | null; to: string | null }): RawBuilder<FacetRow> => sql`
  with together as materialized (
    select actor, op, acting_role as role, app, schema_name, table_name, count(*) as events
      from public.audit_logs
     where ts >= coalesce(${period.from}::timestamptz, '-infinity')
       and ts < coalesce(${period.to}::timestamptz, 'infinity')
     group by actor, op, acting_role, app, schema_name, table_name),
  counted as (
    select actor, op, role, app, schema_name, table_name, sum(events)::int as events,
           case when grouping(actor) = 0 then 'actor' when grouping(op) = 0 then 'op' when grouping(role) = 0 then 'role'
                when grouping(app) = 0 then 'app' else 'table' end as facet
      from together
     group by grouping sets ((actor), (op), (role), (app), (schema_name, table_name))),
  ranked as (
    select *, row_number() over (partition by facet order by events desc, actor, op, role, app, schema_name, table_name) as place
      from counted
     where coalesce(actor, op, role, app, table_name) is not null)
  select actor, op, role, app, schema_name as "schema", table_name as "table", events, facet
    from ranked
   where place <= ${facetLimit}
   order by facet, place`
