import type { GridColumn, RelationDescription, RowFilter } from '../../../shared/rows.ts'
import type { LoadedRow } from '../../ui/grid/row-source.ts'

/** Filters that find the other side of a key, or null where a value is NULL or was cut. */
const matching = (
  row: LoadedRow,
  description: RelationDescription,
  here: readonly string[],
  there: readonly string[],
): RowFilter[] | null => {
  const filters: RowFilter[] = []
  for (const [at, name] of here.entries()) {
    const index = description.columns.findIndex((column) => column.name === name)
    const value = index === -1 ? null : row.cell(index)
    const column = there[at]
    if (value === null || column === undefined || row.cut(index) !== undefined) return null
    filters.push({ op: '=', column, value })
  }
  return filters
}

/** The row that a foreign key of `column` points to. */
export const referencedRow = (row: LoadedRow, description: RelationDescription, column: GridColumn) =>
  column.references === null
    ? null
    : matching(row, description, column.references.columns, column.references.referencedColumns)

/** The rows of another relation that point to this row. */
export const referencingRows = (
  row: LoadedRow,
  description: RelationDescription,
  by: RelationDescription['referencedBy'][number],
) => matching(row, description, by.referencedColumns, by.columns)
