import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/** `CatalogObject` rows of databases, from `pg_database b`. */
export const databaseObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select b.oid::text as "oid",
         'database' as "kind",
         null::text as "schema",
         b.datname::text as "name",
         case when b.datistemplate then 'template' when not b.datallowconn then 'closed' else '' end as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         shobj_description(b.oid, 'pg_database') as "comment",
         b.datallowconn and has_database_privilege(b.oid, 'connect') as "accessible"
    from pg_catalog.pg_database b
   where ${where}`

/** Every database of the cluster; templates stand last. */
export const allDatabases: RawBuilder<CatalogObject> = sql`
  ${databaseObjects(sql`true`)} order by b.datistemplate, b.datname`
