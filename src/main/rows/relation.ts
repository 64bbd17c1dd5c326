import type { RawBuilder } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { GridColumn, RelationDescription } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'

/**
 * How large a column's text can get: `narrow` never beyond the limit of a cell; `text` and `bytea` have a length that the
 * server knows without reading the value; of all `other` types only the stored size is known.
 */
export type Width = 'narrow' | 'text' | 'bytea' | 'other'

/** A column as the grid sees it, and what SQL over it needs to know. */
export type Column = GridColumn & {
  /** The type below all domains, as its schema and name. */
  baseType: readonly [schema: string, name: string]
  /** Of ranges and multiranges: the types of an element and of a single range. */
  elementType: readonly [schema: string, name: string] | null
  rangeType: readonly [schema: string, name: string] | null
  width: Width
  /** A cast to text calls the output function: the type has no cast of its own. */
  castsByOutput: boolean
  /** Where `<`, `=` and `>` of the type's default btree order live; null: it has none. */
  operators: string | null
}

/** A relation that the role may read, with the columns that it may read. */
export type Relation = {
  description: RelationDescription
  columns: ReadonlyMap<string, Column>
}

export const tableName = ({ description }: Relation): string =>
  `"${description.schema}"."${description.name}"`

export const tableSql = ({ description }: Relation): RawBuilder<unknown> =>
  identifier(description.schema, description.name)

/** Fails with `NOT_FOUND` when the relation has no such column (any more), or when it may not be read. */
export const columnOf = (relation: Relation, name: string): Column => {
  const column = relation.columns.get(name)
  if (column !== undefined) return column
  throw new ConsoleError(
    'NOT_FOUND',
    `${tableName(relation)} has no column "${name}" that you may read.`,
    'Reload the table: its columns or your privileges have changed.',
  )
}

/** The asked columns in their order; null: all. */
export const columnsOf = (relation: Relation, names: readonly string[] | null): Column[] =>
  names === null ? [...relation.columns.values()] : names.map((name) => columnOf(relation, name))

export const keyOf = (relation: Relation): Column[] => columnsOf(relation, relation.description.key)
