import { sql } from 'kysely'
import type { RelationDescription } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'

type Reference = RelationDescription['referencedBy'][number]

/**
 * Columns by which rows of the relation are told apart, by name: the primary key, else the narrowest unique index over
 * not-null columns. `nullable` says that the server does not promise not-null (a materialized view has no such promise).
 * A parent of plain inheritance has none: an index does not reach into its children. The audit trail's view, which shows each
 * event once, has the key of its table.
 */
export const readKeys = (database: Database, relation: string, signal: AbortSignal) =>
  database.query(
    sql<{ columns: string[]; nullable: boolean }>`
      select key.columns, not key.not_null as nullable,
             i.indisprimary as is_primary, cardinality(key.columns) as parts, key.width, i.indexrelid::int8
        from pg_index as i
        join pg_class as c on c.oid = i.indrelid
        cross join lateral (
          select array_agg(a.attname::text order by part.place) as columns,
                 bool_and(a.attnotnull) as not_null,
                 sum(case when a.attlen > 0 then a.attlen else 64 end) as width
            from unnest(i.indkey::int2[]) with ordinality as part(number, place)
            join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = part.number
           where part.place <= i.indnkeyatts
        ) as key
       where i.indrelid = ${relation}::oid
         and (i.indisprimary or i.indisunique) and i.indisvalid and i.indislive
         and i.indpred is null and i.indexprs is null
         and (key.not_null or c.relkind = 'm')
         and not (c.relkind = 'r' and exists (select from pg_inherits where inhparent = c.oid))
      union all
      select array['ts', 'id'], false, true, 2, 16, 0
        from pg_class as c
       where c.oid = ${relation}::oid and c.relkind = 'v' and c.oid = to_regclass('public.audit_logs')
         and to_regclass('audit.event') is not null
       order by is_primary desc, parts, width, indexrelid`,
    { signal },
  )

type ReferenceRow = {
  outgoing: boolean
  relation: string
  schema: string
  table: string
  columns: string[]
  referenced_columns: string[]
}

/**
 * Foreign keys of the relation and those that point to it. Of a partitioned table's constraint the server keeps a copy
 * per partition on either side; only the one that was declared counts.
 */
export const readReferences = async (
  database: Database,
  relation: string,
  signal: AbortSignal,
): Promise<{ outgoing: Reference[]; incoming: Reference[] }> => {
  const rows = await database.query(
    sql<ReferenceRow>`
      select fk.outgoing,
             other.oid::text as relation, schema.nspname::text as schema, other.relname::text as table,
             (select array_agg(a.attname::text order by part.place)
                from unnest(fk.conkey) with ordinality as part(number, place)
                join pg_attribute as a on a.attrelid = fk.conrelid and a.attnum = part.number) as columns,
             (select array_agg(a.attname::text order by part.place)
                from unnest(fk.confkey) with ordinality as part(number, place)
                join pg_attribute as a on a.attrelid = fk.confrelid and a.attnum = part.number) as referenced_columns
        from (select true as outgoing, k.confrelid as other, k.*
                from pg_constraint as k
               where k.conrelid = ${relation}::oid
                 and not exists (select from pg_constraint as parent
                                  where parent.oid = k.conparentid and parent.conrelid = k.conrelid)
              union all
              select false, k.conrelid, k.*
                from pg_constraint as k
               where k.confrelid = ${relation}::oid and k.conparentid = 0) as fk
        join pg_class as other on other.oid = fk.other
        join pg_namespace as schema on schema.oid = other.relnamespace
       where fk.contype = 'f'
       order by cardinality(fk.conkey), fk.conname, schema.nspname, other.relname`,
    { signal },
  )
  const references = (outgoing: boolean) =>
    rows
      .filter((row) => row.outgoing === outgoing)
      .map((row) => ({
        relation: row.relation,
        schema: row.schema,
        table: row.table,
        columns: row.columns,
        referencedColumns: row.referenced_columns,
      }))
  return { outgoing: references(true), incoming: references(false) }
}
