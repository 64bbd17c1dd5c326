import { type RawBuilder, sql } from 'kysely'
import type { ScriptedPart } from './part.ts'
import type { Subject } from './subject.ts'

/** The indexes of a table or materialized view. What comes with a constraint is scripted with it, but for its options. */
export const indexesOf = ({ oid, identity, word }: Subject): RawBuilder<ScriptedPart> => sql`
  select ic.relname::text as "name",
         pg_get_indexdef(i.indexrelid) as "definition",
         array_remove(array[
           case when i.indisprimary then 'primary key' when i.indisunique then 'unique' end,
           case when am.amname <> 'btree' then am.amname::text end,
           case when i.indpred is not null then 'partial' end,
           case when not i.indisvalid then 'invalid' end,
           case when i.indisclustered then 'clustered' end,
           case when i.indisreplident then 'replica identity' end
         ], null) as "flags",
         pg_relation_size(i.indexrelid)::float8 as "bytes",
         d.description as "comment",
         null as "inline",
         array_remove(array[
           case when con.oid is null then pg_get_indexdef(i.indexrelid) end,
           case when con.oid is not null and ic.reloptions is not null
                then format('ALTER INDEX %s SET (%s)', named.index, array_to_string(ic.reloptions, ', ')) end,
           case when ic.reltablespace <> 0
                then format('ALTER INDEX %s SET TABLESPACE %I', named.index,
                       (select spcname from pg_catalog.pg_tablespace where pg_tablespace.oid = ic.reltablespace)) end,
           case when i.indisclustered
                then format('ALTER %s %s CLUSTER ON %I', ${word}::text, ${identity}::text, ic.relname) end,
           case when i.indisreplident
                then format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', ${identity}::text, ic.relname) end,
           case when d.description is not null
                then format('COMMENT ON INDEX %s IS %L', named.index, d.description) end
         ], null) || coalesce(targets.statements, '{}') as "statements"
    from pg_catalog.pg_index i
    join pg_catalog.pg_class ic on ic.oid = i.indexrelid
    join pg_catalog.pg_namespace n on n.oid = ic.relnamespace
    join pg_catalog.pg_am am on am.oid = ic.relam
   cross join lateral (select format('%I.%I', n.nspname, ic.relname) as index) named
    left join pg_catalog.pg_constraint con
           on con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x')
    left join lateral (
           select array_agg(format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', named.index, attnum, attstattarget)
                            order by attnum) as statements
             from pg_catalog.pg_attribute where attrelid = i.indexrelid and attstattarget >= 0) targets on true
    left join pg_catalog.pg_description d
           on d.objoid = ic.oid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0
   where i.indrelid = ${oid}::oid
   order by i.indisprimary desc, i.indisunique desc, ic.relname`
