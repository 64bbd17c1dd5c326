import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject, SchemaSummary } from '../../shared/catalog.ts'
import { isOwnRoutine } from './routines.ts'
import { isOwnType } from './types.ts'

const isSystem = sql`n.nspname ~ '^pg_' or n.nspname = 'information_schema'`

/** TOAST and temporary schemas hold nothing that a person opens by name. */
const isShown = sql`n.nspname !~ '^pg_(toast|temp_)'`

/** Every schema with the number of objects in each group; those of the system stand last. */
export const schemaSummaries: RawBuilder<SchemaSummary> = sql`
  with relations as (
    select relnamespace as schema,
           count(*) filter (where relkind in ('r', 'p')) as tables,
           count(*) filter (where relkind = 'v') as views,
           count(*) filter (where relkind = 'm') as matviews,
           count(*) filter (where relkind = 'f') as foreigns,
           count(*) filter (where relkind = 'S') as sequences
      from pg_catalog.pg_class
     where not relispartition
     group by relnamespace),
  routines as (
    select p.pronamespace as schema, count(*) as functions
      from pg_catalog.pg_proc p where ${isOwnRoutine} group by p.pronamespace),
  types as (
    select t.typnamespace as schema, count(*) as types
      from pg_catalog.pg_type t where ${isOwnType} group by t.typnamespace)
  select n.oid::text as "oid",
         n.nspname::text as "name",
         ${isSystem} as "isSystem",
         has_schema_privilege(n.oid, 'usage') as "accessible",
         obj_description(n.oid, 'pg_namespace') as "comment",
         jsonb_build_object(
           'tables', coalesce(r.tables, 0),
           'views', coalesce(r.views, 0),
           'materialized views', coalesce(r.matviews, 0),
           'foreign tables', coalesce(r.foreigns, 0),
           'functions', coalesce(f.functions, 0),
           'types', coalesce(t.types, 0),
           'sequences', coalesce(r.sequences, 0)) as "counts"
    from pg_catalog.pg_namespace n
    left join relations r on r.schema = n.oid
    left join routines f on f.schema = n.oid
    left join types t on t.schema = n.oid
   where ${isShown}
   order by 3, n.nspname`

/** `CatalogObject` rows of schemas, from `pg_namespace n`. */
export const schemaObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select n.oid::text as "oid",
         'schema' as "kind",
         null::text as "schema",
         n.nspname::text as "name",
         '' as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         obj_description(n.oid, 'pg_namespace') as "comment",
         has_schema_privilege(n.oid, 'usage') as "accessible"
    from pg_catalog.pg_namespace n
   where ${isShown} and ${where}`
