import { type RawBuilder, sql } from 'kysely'
import { cellLimit } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'
import { operator } from './operator.ts'
import type { Column } from './relation.ts'

type Sql = RawBuilder<unknown>

/** A value stored in more bytes than this is not turned into text for a page: its cell is empty and marked as cut. */
const storedLimit = 128 * 1024
/** UTF-8 needs up to this many bytes for a character, hexadecimal or escaped bytea this many characters for a byte. */
const maxExpansion = 4

const limit = sql.lit(cellLimit)
const exceeds = operator('>')

/**
 * The text of a value exactly as its type's output function writes it. A cast to text is not that: it strips char(n),
 * spells booleans out and adds masks to inet. `concat()` calls the output function, but makes '' of NULL. A row of NULLs
 * `is null` without being NULL, hence the test.
 */
export const textOf = (value: Sql): Sql =>
  sql`case when ${value} is not distinct from null then null else pg_catalog.concat(${value}) end`

/** The text of a value that is not too large to be made, '' when it is. */
const boundedTextOf = (value: Sql): Sql =>
  sql`case when ${value} is not distinct from null then null when ${isHuge(value)} then '' else pg_catalog.concat(${value}) end`

const isHuge = (value: Sql): Sql =>
  sql`pg_catalog.pg_column_size(${value}) ${exceeds} ${sql.lit(storedLimit)}`

/** octet_length() reads no toasted value; length() does, so it only sees short ones. */
const isLongText = (text: Sql): Sql =>
  sql`(pg_catalog.octet_length(${text}) ${exceeds} ${limit} and (pg_catalog.octet_length(${text}) ${exceeds} ${sql.lit(cellLimit * maxExpansion)} or pg_catalog.length(${text}) ${exceeds} ${limit}))`

const cutText = (text: Sql): Sql =>
  sql`case when pg_catalog.octet_length(${text}) ${exceeds} ${limit} then pg_catalog.left(${text}, ${limit}) else ${text} end`

/** Enough of a bytea that its text reaches the limit in either `bytea_output`. substr() of an uncompressed one reads no more. */
const byteaStart = (bytes: Sql): Sql =>
  sql`pg_catalog.concat(pg_catalog.substr(${bytes}, 1, ${sql.lit(cellLimit + 1)}))`

const mayBeLongBytea = (bytes: Sql): Sql =>
  sql`pg_catalog.octet_length(${bytes}) ${exceeds} ${sql.lit(Math.floor(cellLimit / maxExpansion))}`

const isLongBytea = (bytes: Sql): Sql =>
  sql`(${mayBeLongBytea(bytes)} and pg_catalog.octet_length(${byteaStart(bytes)}) ${exceeds} ${limit})`

const cutBytea = (bytes: Sql): Sql =>
  sql`case when ${bytes} is null then null when ${mayBeLongBytea(bytes)} then pg_catalog.left(${byteaStart(bytes)}, ${limit}) else pg_catalog.concat(${bytes}) end`

type Mark = { when: Sql; entry: Sql }

const mark = (index: number, when: Sql, size: Sql): Mark => ({
  when,
  entry: sql`case when ${when} then pg_catalog.concat(${sql.lit(`${index}:`)}, ${size}) end`,
})

/** One text of all marks. An array, since a function takes 100 arguments; the test in front, since most rows have none. */
const markList = (marks: readonly Mark[]): Sql =>
  marks.length === 0
    ? sql`''`
    : sql`case when ${sql.join(
        marks.map(({ when }) => when),
        sql` or `,
      )} then pg_catalog.array_to_string(array[${sql.join(marks.map(({ entry }) => entry))}], ',') else '' end`

/**
 * `source` (anything that stands after FROM and names its columns `column(index)`) as rows of cells that are short enough
 * for the grid: the columns, then the list of cut cells, then `extra`.
 *
 * Types whose text has no known length are turned into text once, in a subquery that OFFSET 0 keeps from being merged
 * into its parent. No column is added per column: a table of 1,600 fits below the 1,664 of a target list.
 */
export const selectRows = (source: Sql, columns: readonly Column[], extra: readonly Sql[] = []): Sql => {
  const cells: Sql[] = []
  const marks: Mark[] = []
  const inner: Sql[] = []
  const hugeMarks: Mark[] = []
  columns.forEach(({ width }, index) => {
    const raw = column(index)
    if (width === 'narrow') cells.push(raw)
    else if (width === 'bytea') {
      cells.push(cutBytea(raw))
      marks.push(mark(index, isLongBytea(raw), sql`pg_catalog.octet_length(${raw})`))
    } else {
      cells.push(cutText(raw))
      marks.push(mark(index, isLongText(raw), sql`pg_catalog.octet_length(${raw})`))
    }
    if (width === 'other') {
      hugeMarks.push(mark(index, isHuge(raw), sql`pg_catalog.pg_column_size(${raw})`))
      inner.push(sql`${boundedTextOf(raw)} as ${raw}`)
    } else inner.push(raw)
  })
  if (hugeMarks.length === 0) {
    return sql`select ${sql.join([...cells, markList(marks), ...extra])} from ${source}`
  }
  const names = extra.map((_, index) => identifier(`x${index}`))
  const extras = extra.map((expression, index) => sql`${expression} as ${identifier(`x${index}`)}`)
  const anyHuge = sql`huge ${operator('<>')} ''`
  marks.push({ when: anyHuge, entry: sql`case when ${anyHuge} then huge end` })
  return sql`select ${sql.join([...cells, markList(marks), ...names])}
    from (select ${sql.join([...inner, sql`${markList(hugeMarks)} as huge`, ...extras])} from ${source} offset 0) as texts`
}

/** The name that `selectRows` expects of the column at this place. */
export const column = (index: number): Sql => identifier(`c${index}`)
