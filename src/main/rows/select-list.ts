import { type RawBuilder, sql } from 'kysely'
import { cellLimit } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'
import { operator } from './operator.ts'
import type { Column } from './relation.ts'

type Sql = RawBuilder<unknown>

/** A value stored in more bytes than this is not turned into text for a page: its cell is empty and marked as cut. */
const hugeBytes = 128 * 1024
/**
 * A value stored in no more bytes than this is shown whole: its text is short, or at worst, compressed or a numeric of many
 * zeros, some 150 kB. Looking at every small value twice would cost a scan a third of its time.
 */
const smallBytes = 256
/** UTF-8 needs up to this many bytes for a character, hexadecimal or escaped bytea this many characters for a byte. */
const maxExpansion = 4

const limit = sql.lit(cellLimit)
const exceeds = operator('>')

/**
 * The text of a value exactly as its type's output function writes it. A cast to text is not that for types with a cast
 * of their own: it strips char(n), spells booleans out and adds masks to inet. `concat()` is, but makes '' of NULL. A row of
 * NULLs `is null` without being NULL, hence the test.
 */
export const textOf = ({ castsByOutput }: Column, value: Sql): Sql =>
  castsByOutput
    ? sql`cast(${value} as pg_catalog.text)`
    : sql`case when ${value} is not distinct from null then null else pg_catalog.concat(${value}) end`

type Cell = { value: Sql; isCut: Sql; bytes: Sql }

/** octet_length() reads no toasted value; length() does, so it only sees short ones. */
const textCell = (text: Sql): Cell => {
  const bytes = sql`pg_catalog.octet_length(${text})`
  return {
    value: sql`case when ${bytes} ${exceeds} ${limit} then pg_catalog.left(${text}, ${limit}) else ${text} end`,
    isCut: sql`(${bytes} ${exceeds} ${limit} and (${bytes} ${exceeds} ${sql.lit(cellLimit * maxExpansion)} or pg_catalog.length(${text}) ${exceeds} ${limit}))`,
    bytes,
  }
}

/** The start of a bytea, long enough that its text reaches the limit in either `bytea_output`. */
const byteaCell = (value: Sql): Cell => {
  const bytes = sql`pg_catalog.octet_length(${value})`
  const mayBeLong = sql`${bytes} ${exceeds} ${sql.lit(cellLimit / maxExpansion)}`
  const start = sql`pg_catalog.concat(pg_catalog.substr(${value}, 1, ${sql.lit(cellLimit + 1)}))`
  return {
    value: sql`case when ${value} is null then null when ${mayBeLong} then pg_catalog.left(${start}, ${limit}) else pg_catalog.concat(${value}) end`,
    isCut: sql`(${mayBeLong} and pg_catalog.octet_length(${start}) ${exceeds} ${limit})`,
    bytes,
  }
}

/** Of all other types the server knows no more than the stored size without making the text. */
const otherCell = (column: Column, value: Sql): Cell => {
  const stored = sql`pg_catalog.pg_column_size(${value})`
  const isHuge = sql`${stored} ${exceeds} ${sql.lit(hugeBytes)}`
  const isSmall = sql`${stored} ${operator('<=')} ${sql.lit(smallBytes)}`
  const text = textOf(column, value)
  return {
    value: sql`case when ${isSmall} then ${text} when ${isHuge} then '' else pg_catalog.left(${text}, ${limit}) end`,
    isCut: sql`(${stored} ${exceeds} ${sql.lit(smallBytes)} and (${isHuge} or pg_catalog.length(${text}) ${exceeds} ${limit}))`,
    bytes: sql`case when ${isHuge} then ${stored} else pg_catalog.octet_length(${text}) end`,
  }
}

const cellOf = (column: Column, value: Sql): Cell | null => {
  switch (column.width) {
    case 'narrow':
      return null
    case 'text':
      return textCell(value)
    case 'bytea':
      return byteaCell(value)
    case 'other':
      return otherCell(column, value)
    default:
      return column.width satisfies never
  }
}

/** The cut cells of a row in one text. An array, since a function takes 100 arguments; the test in front, since most rows have none. */
const cutList = (cells: readonly (Cell | null)[]): Sql => {
  const entries = cells.flatMap((cell, index) =>
    cell === null
      ? []
      : sql`case when ${cell.isCut} then pg_catalog.concat(${sql.lit(`${index}:`)}, ${cell.bytes}) end`,
  )
  if (entries.length === 0) return sql`''`
  const tests = cells.flatMap((cell) => (cell === null ? [] : cell.isCut))
  return sql`case when ${sql.join(tests, sql` or `)} then pg_catalog.array_to_string(array[${sql.join(entries)}], ',') else '' end`
}

/** The name that `selectRows` expects of the column at this place. */
export const column = (index: number): Sql => identifier(`c${index}`)

/**
 * `source` (anything that stands after FROM and names its columns `column(index)`) as rows of cells that are short enough
 * for the grid: the columns, then the list of cut cells, then `extra`. No column is added per column: a table of 1,600 fits
 * below the 1,664 of a target list.
 */
export const selectRows = (source: Sql, columns: readonly Column[], extra: readonly Sql[] = []): Sql => {
  const cells = columns.map((one, index) => cellOf(one, column(index)))
  const values = cells.map((cell, index) => cell?.value ?? column(index))
  return sql`select ${sql.join([...values, cutList(cells), ...extra])} from ${source}`
}
