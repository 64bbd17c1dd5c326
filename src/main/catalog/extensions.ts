import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/** `CatalogObject` rows of installed extensions, from `pg_extension e`. */
export const extensionObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select e.oid::text as "oid",
         'extension' as "kind",
         null::text as "schema",
         e.extname::text as "name",
         e.extversion as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         obj_description(e.oid, 'pg_extension') as "comment",
         true as "accessible"
    from pg_catalog.pg_extension e
   where ${where}`

/** Every extension of this database, by name. */
export const allExtensions: RawBuilder<CatalogObject> = sql`
  ${extensionObjects(sql`true`)} order by e.extname`
