import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'

/** Routines `p` that somebody created as such: not the constructors that come with a range type. */
export const isOwnRoutine: RawBuilder<unknown> = sql`
  not exists (select from pg_catalog.pg_depend i
               where i.classid = 'pg_catalog.pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`

/** `CatalogObject` rows of functions, procedures and aggregates, from `pg_proc p` and `pg_namespace n`. */
export const routineObjects = (where: RawBuilder<unknown>): RawBuilder<CatalogObject> => sql`
  select p.oid::text as "oid",
         case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as "kind",
         n.nspname::text as "schema",
         p.proname::text as "name",
         '(' || pg_get_function_identity_arguments(p.oid) || ')' as "signature",
         null::float8 as "estimatedRows",
         0 as "partitions",
         d.description as "comment",
         coalesce(has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'), false) as "accessible"
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    left join pg_catalog.pg_description d
           on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_proc'::regclass and d.objsubid = 0
   where ${isOwnRoutine} and ${where}`

/** The routines of a schema, overloads beside each other. */
export const routinesOf = (schema: string): RawBuilder<CatalogObject> => sql`
  ${routineObjects(sql`n.nspname = ${schema}`)} order by p.proname, "signature"`
