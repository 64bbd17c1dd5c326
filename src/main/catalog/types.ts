import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/**
 * Types `t` that somebody created as such: neither the row type of a table, nor the array or multirange that comes with
 * another type, nor a pseudo-type.
 */
export const isOwnType: RawBuilder<unknown> = sql`
  (t.typtype in ('b', 'c', 'd', 'e', 'r')
   and (t.typcategory <> 'A' or t.typarray <> 0)
   and (t.typrelid = 0 or t.typrelid in (select oid from pg_catalog.pg_class where relkind = 'c')))`

/** `CatalogObject` rows of types and domains, from `pg_type t` and `pg_namespace n`. */
export const typeObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select t.oid::text as "oid",
         case t.typtype when 'd' then 'domain' else 'type' end as "kind",
         n.nspname::text as "schema",
         t.typname::text as "name",
         case t.typtype
           when 'd' then 'domain over ' || format_type(t.typbasetype, t.typtypmod)
           when 'e' then 'enum'
           when 'c' then 'composite'
           when 'r' then 'range'
           else 'base'
         end as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         d.description as "comment",
         coalesce(has_schema_privilege(n.oid, 'usage') and has_type_privilege(t.oid, 'usage'), false) as "accessible"
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_description d
           on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_type'::regclass and d.objsubid = 0
   where ${isOwnType} and ${where}`

/** The types and domains of a schema, by name. */
export const typesOf = (schema: string): RawBuilder<CatalogObject> => sql`
  ${typeObjects(sql`n.nspname = ${schema}`)} order by t.typname`
