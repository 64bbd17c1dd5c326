/** What is compared. Those that belong to a table come as objects of their own, with the table as their parent. */
export const objectKinds = [
  'database',
  'schema',
  'extension',
  'language',
  'type',
  'domain',
  'domain constraint',
  'collation',
  'function',
  'procedure',
  'aggregate',
  'operator',
  'operator family',
  'operator class',
  'cast',
  'conversion',
  'transform',
  'access method',
  'text search parser',
  'text search template',
  'text search dictionary',
  'text search configuration',
  'foreign-data wrapper',
  'foreign server',
  'user mapping',
  'sequence',
  'table',
  'foreign table',
  'view',
  'materialized view',
  'column',
  'constraint',
  'index',
  'statistics',
  'trigger',
  'rule',
  'policy',
  'event trigger',
  'publication',
  'default privileges',
] as const
export type ObjectKind = (typeof objectKinds)[number]

/** Values by name. Null: not there. Booleans are `true` and `false`; lists are written as SQL writes them. */
export type Attributes = Readonly<Record<string, string | null>>

/**
 * An object as the catalogs have it.
 *
 * Names of attributes are plain words (`not null`, `owner`, `comment`), and three families that grow with their content:
 * `grants to viruj_dba` (`INSERT, SELECT WITH GRANT OPTION`; grantees are `its owner`, `PUBLIC` and quoted role names),
 * `option fillfactor` and, of functions, `set search_path`. A name that one side does not have is null there.
 */
export type CatalogObject = {
  kind: ObjectKind
  /**
   * Quoted and with its schema, as SQL writes it: `public.documents`, `public.documents.filename`, `public.f(integer)`,
   * `documents_pkey on public.documents` (constraints, triggers, rules and policies).
   */
  identity: string
  /** Identity of the table, type, schema … that it is a part of; null: of none. */
  parent: string | null
  /** What is compared. */
  attributes: Attributes
  /** What is not compared, and mending SQL needs: its bare quoted `name`, `position` of a column, whole definitions. */
  definition: Attributes
  /** Keys of the objects that have to be there before it. */
  dependsOn: readonly string[]
}

/** What an object is found by: `table public.documents`. */
export const keyOf = ({ kind, identity }: Pick<CatalogObject, 'kind' | 'identity'>): string =>
  `${kind} ${identity}`

/** All objects of a database at one moment, by `keyOf`. */
export type Snapshot = {
  /** `server_version_num`. */
  version: number
  objects: ReadonlyMap<string, CatalogObject>
}
