import { z } from 'zod'

/** PostgreSQL's `oid` as text: it is unsigned 32 bit and is never calculated with. */
export const oid = z.string().regex(/^\d{1,10}$/)

export const relationKinds = [
  'table',
  'partitioned table',
  'view',
  'materialized view',
  'foreign table',
] as const

/** Kinds of objects below a schema, as the tree groups them. */
export const schemaGroups = [
  'tables',
  'views',
  'materialized views',
  'foreign tables',
  'functions',
  'types',
  'sequences',
] as const
export type SchemaGroup = (typeof schemaGroups)[number]

/** Everything that a detail page can show. */
export const objectKinds = [
  ...relationKinds,
  'schema',
  'sequence',
  'function',
  'procedure',
  'aggregate',
  'type',
  'domain',
  'extension',
  'role',
  'database',
  'index',
] as const
export type ObjectKind = (typeof objectKinds)[number]

/** One row of the tree, of a search result or of a dependency list. */
export const catalogObject = z.object({
  oid,
  kind: z.enum(objectKinds),
  /** Null for what lives outside schemas (roles, databases, extensions, schemas). */
  schema: z.string().nullable(),
  name: z.string(),
  /** Function arguments, the type's class and the like; empty when the name says it all. */
  signature: z.string(),
  /** `reltuples`, null when never analysed or when there are no rows to speak of. */
  estimatedRows: z.number().nullable(),
  /** Partitions folded into their parent; 0 for all else. */
  partitions: z.int(),
  comment: z.string().nullable(),
  /** False when the role may not read it: then it is listed, and opening it explains the missing grant. */
  accessible: z.boolean(),
})
export type CatalogObject = z.infer<typeof catalogObject>

export const schemaSummary = z.object({
  oid,
  name: z.string(),
  /** pg_catalog, information_schema and toast: shown last, on request. */
  isSystem: z.boolean(),
  accessible: z.boolean(),
  comment: z.string().nullable(),
  counts: z.record(z.enum(schemaGroups), z.int()),
})
export type SchemaSummary = z.infer<typeof schemaSummary>

export const catalogSchemasOutput = z.array(schemaSummary)
export const catalogGroupInput = z.object({ schema: z.string(), group: z.enum(schemaGroups) })
export const catalogListOutput = z.array(catalogObject)
export const catalogPartitionsInput = z.object({ oid })
export const catalogSearchInput = z.object({
  text: z.string().min(1).max(200),
  limit: z.int().min(1).max(200),
})
export const catalogObjectInput = z.object({ kind: z.enum(objectKinds), oid })

export const catalogColumn = z.object({
  number: z.int(),
  name: z.string(),
  /** `format_type()` of the column. */
  type: z.string(),
  notNull: z.boolean(),
  defaultExpression: z.string().nullable(),
  identity: z.enum(['always', 'by default']).nullable(),
  generated: z.enum(['stored', 'virtual']).nullable(),
  collation: z.string().nullable(),
  comment: z.string().nullable(),
  /** Of `pg_stats`; null where never analysed or not visible to the role. */
  nullFraction: z.number().nullable(),
  distinct: z.number().nullable(),
})

/** A named part of a relation with the server's own text of it. */
export const catalogPart = z.object({
  name: z.string(),
  definition: z.string(),
  /** Short facts worth a column: `unique`, `invalid`, `not validated`, `disabled`, `primary key` … */
  flags: z.array(z.string()),
  /** Bytes, for indexes; null for all else. */
  bytes: z.number().nullable(),
  comment: z.string().nullable(),
})
export type CatalogPart = z.infer<typeof catalogPart>

export const catalogGrant = z.object({
  /** `PUBLIC` for everybody. */
  grantee: z.string(),
  privileges: z.array(z.string()),
  grantor: z.string(),
  /** Of a column-level grant. */
  column: z.string().nullable(),
})

export const catalogDependency = z.object({
  direction: z.enum(['uses', 'used by']),
  /** `pg_describe_object()`. */
  description: z.string(),
  object: catalogObject.nullable(),
})

/** A detail page. Parts that make no sense for the kind are empty. */
export const catalogDetail = z.object({
  object: catalogObject,
  owner: z.string(),
  /** The object as SQL: what the server deparses, joined by us. */
  ddl: z.string(),
  columns: z.array(catalogColumn),
  constraints: z.array(catalogPart),
  indexes: z.array(catalogPart),
  triggers: z.array(catalogPart),
  policies: z.array(catalogPart),
  grants: z.array(catalogGrant),
  dependencies: z.array(catalogDependency),
  /** Facts as label and text, already in PostgreSQL's words: sizes in bytes carry `bytes`. */
  facts: z.array(z.object({ label: z.string(), text: z.string(), bytes: z.number().nullable() })),
})
export type CatalogDetail = z.infer<typeof catalogDetail>
