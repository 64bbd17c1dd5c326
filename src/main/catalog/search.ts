import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'
import { objectsAt } from './objects.ts'
import { isOwnRoutine } from './routines.ts'
import { isOwnType } from './types.ts'

/** Names have collation "C", which knows no case beyond ASCII: they are compared in the database's own. */
const folded = (text: RawBuilder<unknown>) => sql`lower(${text}::text collate "default")`

/** `like` without wildcards of the person's own. */
const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/**
 * Objects whose name holds `text`, in any case: exact names first, then beginnings, then the rest, shorter ones first
 * and what belongs to the system last. With a dot in `text` the name is matched with its schema.
 * Only what is shown is looked at closely: the rest is one pass over the names.
 */
export const searchObjects = (text: string, limit: number): RawBuilder<CatalogObject> => {
  const name = text.includes('.') ? sql`concat_ws('.', schema, name)` : sql`name`
  const rank = sql`
    schema is not null and (schema ~ '^pg_' or schema = 'information_schema'),
    case when ${folded(name)} = lower(${text}) then 0
         when ${folded(name)} like lower(${`${escaped(text)}%`}) then 1
         else 2 end,
    length(name), name, schema, oid`
  return sql`
  with names as (
    select 'pg_catalog.pg_class'::regclass as classid, c.oid, n.nspname as schema, c.relname as name
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') and n.nspname !~ '^pg_(toast|temp_)'
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, n.nspname, p.proname
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where ${isOwnRoutine}
    union all
    select 'pg_catalog.pg_type'::regclass, t.oid, n.nspname, t.typname
      from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
     where ${isOwnType}
    union all
    select 'pg_catalog.pg_namespace'::regclass, oid, null, nspname
      from pg_catalog.pg_namespace where nspname !~ '^pg_(toast|temp_)'
    union all
    select 'pg_catalog.pg_authid'::regclass, oid, null, rolname from pg_catalog.pg_roles
    union all
    select 'pg_catalog.pg_database'::regclass, oid, null, datname from pg_catalog.pg_database
    union all
    select 'pg_catalog.pg_extension'::regclass, oid, null, extname from pg_catalog.pg_extension),
  found as materialized (
    select classid, oid as objid from names
     where ${folded(name)} like lower(${`%${escaped(text)}%`})
     order by ${rank}
     limit ${limit})
  select * from (${objectsAt(sql`found`)}) objects order by ${rank}`
}
