import { type RawBuilder, sql } from 'kysely'
import type { CatalogDiagram } from '../../shared/diagram.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { Database } from '../session/database.ts'

/**
 * One row with everything that the diagram of a schema shows; none when there is no such schema.
 * Partitions are folded into the table at their root, also where a foreign key is declared on one of them or leads to one.
 * The rows that PostgreSQL keeps of one foreign key for each partition (`conparentid`) are left out.
 * `conenforced` is of PostgreSQL 18: read as jsonb, it is null before.
 */
const diagramOf = (schema: string): RawBuilder<CatalogDiagram> => sql`
  with recursive schema as (
    select oid, nspname from pg_catalog.pg_namespace where nspname = ${schema}),
  below as (
    select inhrelid as oid, inhparent as parent, inhparent as root
      from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition
     where not exists (select from pg_catalog.pg_class p where p.oid = i.inhparent and p.relispartition)
     union all
    select i.inhrelid, i.inhparent, below.root
      from below join pg_catalog.pg_inherits i on i.inhparent = below.oid
      join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition),
  foreign_keys as (
    select con.oid, con.conname, con.conrelid, con.confrelid, con.conkey, con.confkey, con.convalidated, con.confdeltype,
           coalesce(to_jsonb(con) ->> 'conenforced', 'true') = 'true' as enforced,
           coalesce(f.root, con.conrelid) as source, coalesce(t.root, con.confrelid) as target
      from pg_catalog.pg_constraint con
      left join below f on f.oid = con.conrelid
      left join below t on t.oid = con.confrelid
     where con.contype = 'f' and con.conparentid = 0),
  near as (
    select k.* from foreign_keys k
      join pg_catalog.pg_class s on s.oid = k.source
      join pg_catalog.pg_class t on t.oid = k.target
     where (select oid from schema) in (s.relnamespace, t.relnamespace)),
  -- By name: a partition that was attached may have its columns in another order than its parent.
  named as (
    select k.*, pair.from_columns, pair.to_columns, pair.optional
      from near k
     cross join lateral (
             select array_agg(f.attname::text order by u.at) as from_columns,
                    array_agg(t.attname::text order by u.at) as to_columns,
                    bool_or(not f.attnotnull) as optional
               from unnest(k.conkey, k.confkey) with ordinality u (source, target, at)
               join pg_catalog.pg_attribute f on f.attrelid = k.conrelid and f.attnum = u.source
               join pg_catalog.pg_attribute t on t.attrelid = k.confrelid and t.attnum = u.target) pair),
  keys as (
    select i.indrelid, i.indisprimary,
           (select array_agg(a.attname::text)
              from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) u (number)
              join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.number) as columns
      from pg_catalog.pg_index i
     where i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
       and i.indrelid in (select c.oid from pg_catalog.pg_class c where c.relnamespace = (select oid from schema)
                           union select source from near union select target from near)),
  chosen as (
    select c.oid, n.nspname, c.relname, c.relkind, c.relnamespace = (select oid from schema) as own,
           has_schema_privilege(n.oid, 'usage') as usable,
           has_table_privilege(c.oid, 'select') as whole,
           has_any_column_privilege(c.oid, 'select') as partly
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where not c.relispartition and c.relkind in ('r', 'p', 'f')
       and (c.relnamespace = (select oid from schema)
            or c.oid in (select source from near union select target from near))),
  tables as (
    select c.oid, c.own, c.nspname, c.relname,
           jsonb_build_object(
             'oid', c.oid::text,
             'schema', c.nspname,
             'name', c.relname,
             'kind', case c.relkind when 'p' then 'partitioned table' when 'f' then 'foreign table' else 'table' end,
             'partitions', (select count(*) from below where below.root = c.oid),
             'comment', obj_description(c.oid, 'pg_class'),
             'accessible', c.usable and (c.whole or c.partly),
             'columns', coalesce(columns.list, '[]')) as shown
      from chosen c
     cross join lateral (
             select jsonb_agg(jsonb_build_object(
                      'name', a.attname,
                      'type', format_type(a.atttypid, a.atttypmod),
                      'notNull', a.attnotnull,
                      'primaryKey', coalesce(part.of_primary, false),
                      'foreignKey', of_foreign.yes,
                      'unique', coalesce(part.of_unique, false),
                      'accessible', c.usable and (c.whole or c.partly and has_column_privilege(c.oid, a.attnum, 'select')))
                    order by a.attnum) as list
               from pg_catalog.pg_attribute a
              cross join lateral (
                      select bool_or(k.indisprimary) as of_primary, bool_or(not k.indisprimary) as of_unique
                        from keys k where k.indrelid = c.oid and a.attname = any (k.columns)) part
              cross join lateral (
                      select exists (select from named f where f.source = c.oid and a.attname = any (f.from_columns)) as yes)
                      of_foreign
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and (c.own or of_foreign.yes
                     or exists (select from named f where f.target = c.oid and a.attname = any (f.to_columns)))) columns),
  joined as (
    select distinct on (k.source, k.target, k.from_columns, k.to_columns)
           k.source, k.conname, k.oid,
           jsonb_build_object(
             'name', k.conname,
             'from', k.source::text, 'fromColumns', k.from_columns,
             'to', k.target::text, 'toColumns', k.to_columns,
             'one', exists (select from keys u where u.indrelid = k.source and u.columns <@ k.from_columns),
             'optional', k.optional,
             'holds', k.convalidated and k.enforced,
             'onDelete', case k.confdeltype when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null'
                           when 'd' then 'set default' else 'no action' end) as shown
      from named k
     order by k.source, k.target, k.from_columns, k.to_columns, k.conname, k.oid)
  select s.nspname::text as "schema",
         coalesce((select jsonb_agg(shown order by not own, nspname, relname) from tables), '[]') as "tables",
         coalesce((select jsonb_agg(shown order by source, conname, oid) from joined), '[]') as "references"
    from schema s`

/** The tables of a schema and how foreign keys join them. Fails with `NOT_FOUND` when there is no such schema. */
export const readDiagram = async (
  database: Database,
  schema: string,
  signal: AbortSignal,
): Promise<CatalogDiagram> => {
  const [diagram] = await database.query(diagramOf(schema), { signal })
  if (diagram !== undefined) return diagram
  throw new ConsoleError(
    'NOT_FOUND',
    `There is no schema ${schema} in this database.`,
    'Reload the tree: it was dropped or renamed meanwhile.',
  )
}
