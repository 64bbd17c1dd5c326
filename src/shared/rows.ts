import { z } from 'zod'
import { oid, relationKinds } from './catalog.ts'
import { workingHours } from './working-hours.ts'

/** Cells longer than this many characters are cut by the server in pages of the grid. */
export const cellLimit = 1024
/** Rows of one page of the grid. */
export const pageRows = 1000
/** The inspector does not show more than this many bytes of one value. */
export const cellBytesLimit = 64 * 1024 * 1024

/** How a column is shown, filtered and compared; derived from `pg_type` of the base type. */
export const columnFamilies = [
  'number',
  'text',
  'boolean',
  'date',
  'time',
  'timestamp',
  'interval',
  'uuid',
  'json',
  'bytea',
  'enum',
  'array',
  'range',
  'composite',
  'xml',
  'tsvector',
  'network',
  'geometric',
  'bit',
  'other',
] as const
export type ColumnFamily = (typeof columnFamilies)[number]

export const gridColumn = z.object({
  name: z.string(),
  /** `format_type()`, as the header shows it. */
  type: z.string(),
  /** Short name for the header, for example `int8`, `timestamptz`. */
  shortType: z.string(),
  family: z.enum(columnFamilies),
  notNull: z.boolean(),
  /** Part of the key that pages are cut by. */
  inKey: z.boolean(),
  generated: z.boolean(),
  /** The type has a btree operator class: it can be sorted and compared. */
  sortable: z.boolean(),
  enumLabels: z.array(z.string()),
  comment: z.string().nullable(),
  /** Where a single-column or composite foreign key of this column points; first one when there are several. */
  references: z
    .object({
      relation: oid,
      schema: z.string(),
      table: z.string(),
      /** Columns here and there, in the order of the constraint. */
      columns: z.array(z.string()),
      referencedColumns: z.array(z.string()),
    })
    .nullable(),
})
export type GridColumn = z.infer<typeof gridColumn>

/** What the grid needs to know of a relation before its first page. */
export const relationDescription = z.object({
  oid,
  schema: z.string(),
  name: z.string(),
  kind: z.enum(relationKinds),
  columns: z.array(gridColumn),
  /** Columns of the primary key or of a unique index over not-null columns; empty: read as one stream. */
  key: z.array(z.string()),
  estimatedRows: z.number().nullable(),
  totalBytes: z.number().nullable(),
  comment: z.string().nullable(),
  /** Foreign keys of other tables that point here. */
  referencedBy: z.array(
    z.object({
      relation: oid,
      schema: z.string(),
      table: z.string(),
      columns: z.array(z.string()),
      referencedColumns: z.array(z.string()),
    }),
  ),
})
export type RelationDescription = z.infer<typeof relationDescription>

const column = z.string().min(1)
const value = z.string()

/** Values are PostgreSQL's own text and are cast by the server to the column's type. */
export const rowFilter = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['=', '<>', '<', '<=', '>', '>=']), column, value }),
  z.object({ op: z.literal('between'), column, from: value, to: value }),
  z.object({ op: z.literal('in'), column, values: z.array(value).min(1).max(1000) }),
  z.object({ op: z.enum(['is null', 'is not null']), column }),
  /** Another value, or none. */
  z.object({ op: z.literal('is distinct from'), column, value }),
  /** A moment at which nobody works; only for timestamptz. */
  z.object({ op: z.literal('outside hours'), column, hours: workingHours }),
  /** Case-insensitive search in the value's text; no wildcards. */
  z.object({ op: z.enum(['contains', 'starts with']), column, value }),
  /** POSIX regular expression, `~`. */
  z.object({ op: z.literal('matches'), column, value }),
  /** SQL/JSON path that must be true, `@?` / `@@` by its form; only for jsonb and json. */
  z.object({ op: z.literal('json path'), column, value }),
  /** `@>`: arrays, ranges, jsonb. */
  z.object({ op: z.literal('@>'), column, value }),
])
export type RowFilter = z.infer<typeof rowFilter>

/** A filter on one column that has any of these values; none when the list is empty. */
export const anyOf = (column: string, values: readonly string[]): RowFilter[] =>
  values.length === 0
    ? []
    : [
        values.length === 1 && values[0] !== undefined
          ? { op: '=', column, value: values[0] }
          : { op: 'in', column, values: [...values] },
      ]

export const rowSort = z.object({ column, direction: z.enum(['asc', 'desc']) })
export type RowSort = z.infer<typeof rowSort>

/** One value per sort column and then per key column, null as null. Opaque to the screen. */
export const rowCursor = z.array(z.string().nullable())
export type RowCursor = z.infer<typeof rowCursor>

export const rowsRelationInput = z.object({ relation: oid })

const view = {
  relation: oid,
  /** In the order of the batch; null: all of them. */
  columns: z.array(column).nullable(),
  filters: z.array(rowFilter).max(50),
  sort: z.array(rowSort).max(8),
}

/** A page of a relation with a key. `from` null: the first (or, with `backward`, the last) page. */
export const rowsPageInput = z.object({
  ...view,
  from: rowCursor.nullable(),
  backward: z.boolean(),
  limit: z.int().min(1).max(pageRows),
})
export type RowsPageInput = z.infer<typeof rowsPageInput>

/**
 * The page's bytes are pulled as result `resultId`. Each batch row has `columns` and, last, one more cell that lists the
 * cut cells of the row as `index:bytes,…` (zero-based column index, in no order), empty when none is cut. `bytes` is the
 * size of the whole value as the server knows it without reading it whole: of its text, of a bytea's own bytes, or, for
 * very large values whose cell is then empty, as stored.
 */
export const rowsPageOutput = z.object({
  resultId: z.string(),
  /** The columns of the batch, without the list of cut cells. */
  columns: z.array(z.string()),
  rows: z.int(),
  /** Null when the page is empty. */
  first: rowCursor.nullable(),
  last: rowCursor.nullable(),
  /** There are rows beyond this page in the direction that was asked for. */
  more: z.boolean(),
  /** Milliseconds that the server took, as seen from the worker. */
  milliseconds: z.number(),
})
export type RowsPageOutput = z.infer<typeof rowsPageOutput>

/** A relation without a key: one stream, pulled until its end. Batch rows are formed as in a page. */
export const rowsStreamInput = z.object(view)
export const rowsStreamOutput = z.object({ resultId: z.string(), columns: z.array(z.string()) })

export const rowsCountInput = z.object({ relation: oid, filters: view.filters })
/** The exact count as text. */
export const rowsCountOutput = z.object({ count: z.string() })

/** One whole value, pulled as raw bytes of its text: found by its key; `cursorColumns` are the key's columns. */
export const rowsCellInput = z.object({
  relation: oid,
  column,
  key: z.array(z.object({ column, value: z.string() })).min(1),
})
/** `bytes` is the length of the text in bytes, known before a byte is pulled. */
export const rowsCellOutput = z.object({ resultId: z.string().nullable(), bytes: z.number() })

export const resultInput = z.object({ resultId: z.string() })

/** A batch as it is pulled: COPY text rows and whether the result has ended with it. */
export type PulledBatch = { bytes: Uint8Array; done: boolean }
