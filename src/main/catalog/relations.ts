import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/**
 * `CatalogObject` rows of tables, views, sequences and indexes, from `pg_class c` and `pg_namespace n`.
 * No lock is taken on the relations themselves: what `pg_partition_tree` would do is done on `pg_inherits`, once for
 * all of them, since a plan of one subquery per table is slower and costed so high that it is compiled first.
 */
export const relationObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select c.oid::text as "oid",
         case c.relkind
           when 'r' then 'table'
           when 'p' then 'partitioned table'
           when 'v' then 'view'
           when 'm' then 'materialized view'
           when 'f' then 'foreign table'
           when 'S' then 'sequence'
           else 'index'
         end as "kind",
         n.nspname::text as "schema",
         c.relname::text as "name",
         case
           when c.relkind in ('i', 'I') then
             (select 'on ' || quote_ident(t.relname) from pg_catalog.pg_index i
                join pg_catalog.pg_class t on t.oid = i.indrelid where i.indexrelid = c.oid)
           when c.relispartition then pg_get_expr(c.relpartbound, c.oid)
           else ''
         end as "signature",
         -- Before PostgreSQL 14 a zero also meant "never analysed". Autovacuum never analyses a partitioned table.
         case
           when c.relkind in ('v', 'S', 'i', 'I') then null
           when c.reltuples > 0 then c.reltuples::float8
           when c.relkind = 'p' then below.rows
           when c.reltuples = 0 and (select current_setting('server_version_num')::int) >= 140000 then 0
         end as "estimatedRows",
         coalesce(below.partitions, 0) as "partitions",
         d.description as "comment",
         coalesce(
           n.usable
           and case
                 when c.relkind = 'S' then has_sequence_privilege(c.oid, 'select, usage')
                 when c.relkind in ('i', 'I') then
                   (select has_any_column_privilege(i.indrelid, 'select')
                      from pg_catalog.pg_index i where i.indexrelid = c.oid)
                 else has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')
               end,
           false) as "accessible"
    from pg_catalog.pg_class c
    -- Offset 0: the privilege on a schema is looked up once, not once for each of its tables.
    join (select oid, nspname, has_schema_privilege(oid, 'usage') as usable from pg_catalog.pg_namespace offset 0) n
           on n.oid = c.relnamespace
    left join pg_catalog.pg_description d
           on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0
    left join (
           with recursive tree as (
             select inhparent as root, inhrelid as oid, true as direct from pg_catalog.pg_inherits
              union all
             select tree.root, i.inhrelid, false
               from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid)
           select tree.root,
                  (count(*) filter (where direct))::int as partitions,
                  sum(leaf.reltuples) filter (where leaf.relkind <> 'p' and leaf.reltuples > 0)::float8 as rows
             from tree join pg_catalog.pg_class leaf on leaf.oid = tree.oid
            where leaf.relispartition and leaf.relkind in ('r', 'p', 'f')
            group by tree.root
         ) below on below.root = c.oid and c.relkind = 'p'
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') and ${where}`

const relkinds = {
  tables: sql`('r', 'p')`,
  views: sql`('v')`,
  'materialized views': sql`('m')`,
  'foreign tables': sql`('f')`,
  sequences: sql`('S')`,
}

/** The relations of a group of a schema, by name; partitions stand with their parents. */
export const relationsOf = (schema: string, group: keyof typeof relkinds): RawBuilder<CatalogObject> => sql`
  ${relationObjects(
    sql`n.nspname = ${schema} and c.relkind in ${relkinds[group]} and not c.relispartition`,
  )} order by c.relname`

/** The direct partitions of a partitioned table, in the order of their names; partitioned ones count their own. */
export const partitionsOf = (parent: string): RawBuilder<CatalogObject> => sql`
  ${relationObjects(
    sql`c.oid in (select inhrelid from pg_catalog.pg_inherits where inhparent = ${parent}::oid) and c.relispartition`,
  )} order by c.relname`
