import type { CatalogDiagram, DiagramColumn, DiagramTable } from '../../../shared/diagram.ts'
import { visibleText } from '../../ui/visible-text.ts'

/** Which columns a table shows. */
export type Detail = 'columns' | 'keys'

export const measures = { head: 30, row: 22, foot: 6, minWidth: 150, maxWidth: 340 } as const

/** Columns that are no key are shown up to here; a table of 1,600 columns would be taller than the schema. */
const plainColumns = 40

/** PostgreSQL's own short names of types whose standard names are long. */
const shortNames: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^character varying/, 'varchar'],
  [/^character(?=\(|\[|$)/, 'char'],
  [/^double precision/, 'float8'],
  [/^bit varying/, 'varbit'],
]

/** `timestamptz` for `timestamp with time zone`: there is room for these alone. */
const shortType = (type: string): string =>
  shortNames.reduce((name, [long, short]) => name.replace(long, short), type)

/** A table as it is drawn, with its size in pixels. */
export type ShownTable = {
  table: DiagramTable
  /** With its schema when that is another one. */
  title: string
  isOutside: boolean
  columns: DiagramColumn[]
  /** How many columns are not shown. */
  hidden: number
  width: number
  height: number
}

const shownColumns = (table: DiagramTable, referenced: ReadonlySet<string>, detail: Detail) => {
  let plain = 0
  return table.columns.filter((column) => {
    if (column.primaryKey || column.foreignKey || referenced.has(column.name)) return true
    plain += 1
    return detail === 'columns' && plain <= plainColumns
  })
}

const widthOf = (title: string, columns: readonly DiagramColumn[]): number => {
  const rows = columns.map(({ name, type }) => 58 + name.length * 7.1 + type.length * 6.6)
  const wished = Math.max(measures.minWidth, 48 + title.length * 7.8, ...rows)
  return Math.ceil(Math.min(measures.maxWidth, wished))
}

/** Every table of the diagram with its lines and its size. */
export const shownTables = (diagram: CatalogDiagram, detail: Detail): ShownTable[] => {
  const referenced = new Map<string, Set<string>>()
  for (const { to, toColumns } of diagram.references) {
    const names = referenced.get(to) ?? new Set()
    for (const name of toColumns) names.add(name)
    referenced.set(to, names)
  }
  return diagram.tables.map((read) => {
    const table = {
      ...read,
      columns: read.columns.map((column) => ({ ...column, type: shortType(column.type) })),
    }
    const isOutside = table.schema !== diagram.schema
    const title = visibleText(isOutside ? `${table.schema}.${table.name}` : table.name)
    const columns = shownColumns(table, referenced.get(table.oid) ?? new Set(), detail)
    const hidden = table.columns.length - columns.length
    const lines = columns.length + (hidden > 0 ? 1 : 0)
    return {
      table,
      title,
      isOutside,
      columns,
      hidden,
      width: widthOf(title, columns),
      height: measures.head + lines * measures.row + (lines > 0 ? measures.foot : 0),
    }
  })
}

/** Height above the table's top of the middle of a column's line; of its head when the column is not shown. */
export const lineOf = ({ columns }: ShownTable, column: string | undefined): number => {
  const at = columns.findIndex(({ name }) => name === column)
  return at === -1 ? measures.head / 2 : measures.head + at * measures.row + measures.row / 2
}
