import { type RawBuilder, sql } from 'kysely'
import { type BiographyEntry, type BiographyInput, biographyLimit } from '../../shared/row-biography.ts'
import { iso } from '../session/iso.ts'

/** Bytes of an event's images that are shown among other versions. */
const large = 30_000

export type BiographyRow = BiographyEntry & { total: number }

/**
 * All that was recorded under one key, each event beside the one before, and who took it out; and of its table, where recording began
 * and ended, and what altered it since the row is there.
 * Columns that only one of two images has were added or dropped between them, and are not compared.
 */
export const biographyRows = ({ schema, table, row }: BiographyInput): RawBuilder<BiographyRow> => sql`
  with keys as materialized (
    select coalesce(array_agg(a.attname::text order by k.place), '{}') as names
      from pg_namespace n
      join pg_class c on c.relnamespace = n.oid and c.relname = ${table}
      join pg_index i on i.indrelid = c.oid and i.indisprimary
     cross join unnest(i.indkey::int2[]) with ordinality k (number, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
     where n.nspname = ${schema}),
  version as (
    select e.*, e.op = 'UPDATE' and e.new_row ?| keys.names as moves,
           case e.op when 'UPDATE' then e.old_row || e.new_row else e.new_row end as image,
           coalesce(e.old_row, case e.op when 'SNAPSHOT' then e.new_row end) as seen
      from keys, public.audit_logs e
     where e.schema_name = ${schema} and e.table_name = ${table} and e.row_pk = ${row}
       and e.op in ('INSERT', 'UPDATE', 'DELETE', 'SNAPSHOT')),
  paired as (
    select v.*, lag(case when not moves then image end) over byid as kept, row_number() over byid > 1 as follows
      from version v window byid as (order by id)),
  told as (
    select p.*,
           case when op = 'INSERT' and kept is not null then 'vanished'
                when op <> 'INSERT' and kept is null and follows then 'appeared'
                when differing.names is not null then 'changed' end as gap,
           case when op <> 'INSERT' then differing.names end as differing,
           null::text as recording, null::timestamptz as off_since
      from paired p
     cross join lateral (
       select array_agg(l.key) as names
         from jsonb_each(p.kept) l join jsonb_each(p.seen) f on f.key = l.key
        where l.value::text <> f.value::text) differing),
  ruled as (
    select e.*, lag(e.old_row is not null) over byid as after_end, lag(e.ts) over byid as since
      from public.audit_logs e
     where e.schema_name = ${schema} and e.table_name = ${table} and e.row_pk is null and e.op = 'NOTE'
    window byid as (order by id)),
  listed as (
    select id, ts, op, actor, acting_role, reason, xid, old_row, new_row, gap, kept, seen, differing, moves, image, recording, off_since
      from told
     union all
    select id, ts, op, actor, acting_role, reason, xid, null, null, null, null, null, null, false, null,
           case when old_row is not null then 'ended' when after_end is false then 'ruled' else 'began' end,
           case when old_row is null and after_end then since end
      from ruled
     union all
    select e.id, e.ts, e.op, e.actor, e.acting_role, e.reason, e.xid, null, e.new_row, null, null, null, null, false, null, null, null
      from public.audit_logs e
     where e.schema_name = ${schema} and e.table_name = ${table} and e.row_pk is null and e.op = 'DDL'
       and e.new_row ->> 'command' like '% TABLE' and e.id > (select min(id) from version)
     union all
    select e.id, e.ts, e.op, e.actor, e.acting_role, e.reason, e.xid, null, e.new_row, null, null, null, null, false, null, null, null
      from public.audit_logs e
     where e.schema_name = ${schema} and e.table_name = ${table} and e.row_pk = ${row} and e.op = 'ACCESS'),
  page as (select *, count(*) over ()::int as total from listed order by id desc limit ${biographyLimit})
  select page.id::text, ${iso(sql`ts`)} as at, op, actor, acting_role as role, reason, xid::text as transaction,
         case when fits and op <> 'DDL' then old_row::text end as before,
         case when fits and op <> 'DDL' then new_row::text end as after,
         not fits as "isLarge",
         gap,
         case when fits then (select jsonb_object_agg(name, kept -> name) from unnest(differing) name)::text end as left,
         case when fits then (select jsonb_object_agg(name, seen -> name) from unnest(differing) name)::text end as found,
         case when moves then (
           select case when cardinality(keys.names) = 1 then min(image ->> name)
                       else string_agg(replace(replace(image ->> name, '\\', '\\\\'), '/', '\\/'), '/' order by place) end
             from unnest(keys.names) with ordinality k (name, place)) end as "movedTo",
         case op when 'DDL' then new_row ->> 'command' end as command,
         recording, ${iso(sql`off_since`)} as "offSince", total
    from keys, page
   cross join lateral (
     select coalesce(octet_length(old_row::text), 0) + coalesce(octet_length(new_row::text), 0) <= ${large} as fits) size
   order by page.id desc`
