import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/** `CatalogObject` rows of roles, from `pg_roles r`, which shows no password. */
export const roleObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select r.oid::text as "oid",
         'role' as "kind",
         null::text as "schema",
         r.rolname::text as "name",
         case when r.rolsuper then 'superuser' when r.rolcanlogin then 'login' else 'group' end as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         shobj_description(r.oid, 'pg_authid') as "comment",
         true as "accessible"
    from pg_catalog.pg_roles r
   where ${where}`

/** Every role of the cluster; the predefined ones stand last. */
export const allRoles: RawBuilder<CatalogObject> = sql`
  ${roleObjects(sql`true`)} order by r.rolname ~ '^pg_', r.rolname`
