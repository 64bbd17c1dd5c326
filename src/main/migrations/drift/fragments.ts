/** Pieces of SQL that the readers share. They take aliases and columns of ours, never text from outside. */

/** Schemas that belong to nobody's migrations: the server's, those of temporary objects, the console's own. */
export const ownSchema = (name: string): string =>
  `${name} !~ '^pg_' and ${name} not in ('information_schema', 'viruj_console')`

/** What an extension brought is the extension's. */
export const noMember = (catalog: string, oid: string): string => `
  not exists (select from pg_depend as member
               where member.classid = '${catalog}'::regclass and member.objid = ${oid} and member.deptype = 'e')`

export const comment = (catalog: string, oid: string, part = '0'): string => `
  (select description from pg_description as described
    where described.classoid = '${catalog}'::regclass and described.objoid = ${oid} and described.objsubid = ${part})`

/** Options that are on or off in several spellings. https://www.postgresql.org/docs/current/sql-createtable.html */
const switches = [
  'autosummarize',
  'autovacuum_enabled',
  'deduplicate_items',
  'fastupdate',
  'security_barrier',
  'security_invoker',
  'user_catalog_table',
  'vacuum_truncate',
]

/** Options as a jsonb object: `{"option fillfactor": "70"}`. */
export const options = (array: string, prefix = 'option '): string => `
  (select coalesce(jsonb_object_agg('${prefix}' || name,
                                    case when name in (${switches.map((name) => `'${name}'`).join(', ')})
                                         then value::boolean::text else value end), '{}')
     from (select split_part(option, '=', 1) as name, substr(option, strpos(option, '=') + 1) as value
             from unnest(${array}) as option) as set_option)`

export const roleName = (oid: string): string => `quote_ident(pg_get_userbyid(${oid}))`

export const relationName = (oid: string): string => `
  (select format('%I.%I', named_in.nspname, named.relname)
     from pg_class as named join pg_namespace as named_in on named_in.oid = named.relnamespace
    where named.oid = ${oid})`

export const tablespaceName = (oid: string): string =>
  `(select quote_ident(spcname) from pg_tablespace where oid = ${oid})`

export const accessMethod = (oid: string): string =>
  `(select quote_ident(amname) from pg_am where oid = ${oid})`

export const collationName = (oid: string): string => `
  (select format('%I.%I', collated_in.nspname, collated.collname)
     from pg_collation as collated join pg_namespace as collated_in on collated_in.oid = collated.collnamespace
    where collated.oid = ${oid})`

/** Names of columns in the order of their numbers in an array, or of the alphabet where their order says nothing. */
export const columnNames = (relation: string, numbers: string, order: 'given' | 'any' = 'given'): string => `
  (select string_agg(quote_ident(numbered.attname), ', ' order by ${order === 'given' ? 'listed.place' : 'numbered.attname::text collate "C"'})
     from unnest(${numbers}) with ordinality as listed (number, place)
     join pg_attribute as numbered on numbered.attrelid = ${relation} and numbered.attnum = listed.number)`

/** A letter as a word; the catalogs' letters stand for nothing that a person knows. */
export const word = (letter: string, words: Readonly<Record<string, string | null>>): string =>
  `case ${letter}::text ${Object.entries(words)
    .map(([key, value]) => `when '${key}' then ${value === null ? 'null' : `'${value}'`}`)
    .join(' ')} else ${letter}::text end`

/** A function by its signature; null for 0. */
export const procedureName = (oid: string): string =>
  `case when ${oid}::oid <> 0 then ${oid}::oid::regprocedure::text end`
