import { z } from 'zod'
import { oid } from './catalog.ts'

export const catalogDiagramInput = z.object({ schema: z.string() })

const diagramColumn = z.object({
  name: z.string(),
  /** `format_type()` of the column. */
  type: z.string(),
  notNull: z.boolean(),
  primaryKey: z.boolean(),
  foreignKey: z.boolean(),
  /** Alone or with others in a unique constraint or a unique index without a condition. */
  unique: z.boolean(),
  /** False when the role may not read it. */
  accessible: z.boolean(),
})
export type DiagramColumn = z.infer<typeof diagramColumn>

const diagramTable = z.object({
  oid,
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'partitioned table', 'foreign table']),
  /** Folded into it, at all levels. */
  partitions: z.int(),
  comment: z.string().nullable(),
  /** False when the role may read nothing of it. */
  accessible: z.boolean(),
  /** Of a table of another schema: only those that a foreign key names. */
  columns: z.array(diagramColumn),
})
export type DiagramTable = z.infer<typeof diagramTable>

const diagramReference = z.object({
  /** The foreign key's name; of partitions that have one each, the first one's. */
  name: z.string(),
  from: oid,
  fromColumns: z.array(z.string()),
  to: oid,
  toColumns: z.array(z.string()),
  /** At most one row refers to the same row: its columns are a key. */
  one: z.boolean(),
  /** A row may refer to nothing: one of its columns takes null. */
  optional: z.boolean(),
  /** False: `not valid` or `not enforced`; there may be rows that break it. */
  holds: z.boolean(),
  onDelete: z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default']),
})
export type DiagramReference = z.infer<typeof diagramReference>

/** The tables of a schema with their keys, and those of other schemas that foreign keys join with them. */
export const catalogDiagram = z.object({
  schema: z.string(),
  tables: z.array(diagramTable),
  references: z.array(diagramReference),
})
export type CatalogDiagram = z.infer<typeof catalogDiagram>
