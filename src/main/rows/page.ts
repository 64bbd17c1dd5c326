import { type RawBuilder, sql } from 'kysely'
import { encodeCopyRow } from '../../shared/copy-text.ts'
import { ConsoleError } from '../../shared/errors.ts'
import { cellLimit, type RowCursor, type RowsPageInput, type RowsPageOutput } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import { identifier } from '../session/identifier.ts'
import type { Results } from '../session/results.ts'
import { isCursorValue, toCursor } from './cursor-value.ts'
import { filterConditions, where } from './filters.ts'
import { rangesBehind } from './keyset.ts'
import { operator } from './operator.ts'
import { type OrderTerm, orderBy, reversed, totalOrder } from './order.ts'
import { type Column, columnsOf, type Relation, tableName, tableSql } from './relation.ts'
import { column as cellName, selectRows } from './select-list.ts'
import { bindParameter } from './values.ts'

/** A page of wide columns has fewer rows, so that it never holds more characters than this. */
const pageCharacters = 64 * 1024 * 1024
/** A cursor is sent to and fro with every page. */
const cursorCharacters = 256 * 1024

type Row = (string | null)[]

/** Where in a page's row the exact value of each ordered column stands. */
type Layout = {
  columns: Column[]
  /** What the subquery names: the asked columns, then those that only the order needs. */
  needed: Column[]
  extra: RawBuilder<unknown>[]
  cursorAt: number[]
}

const isBorder = (rows: number): RawBuilder<unknown> => {
  const number = sql`pg_catalog.row_number() over ()`
  return sql`${number} ${operator('=')} 1 or ${number} ${operator('=')} ${sql.lit(rows)} or pg_catalog.lead(true) over () is null`
}

/**
 * Cursors need whole values. Narrow cells are whole as they are; of wide ones the first and the last row carry the value
 * once more, and no other row does.
 */
const layoutOf = (columns: Column[], order: readonly OrderTerm[], rows: number): Layout => {
  const needed = [...columns]
  const extra: RawBuilder<unknown>[] = []
  const cursorAt = order.map(({ column }) => {
    const asked = columns.indexOf(column)
    if (asked !== -1 && isCursorValue(column)) return asked
    const at = asked === -1 ? needed.push(column) - 1 : asked
    const value = toCursor(column, cellName(at))
    extra.push(column.width === 'narrow' ? value : sql`case when ${isBorder(rows)} then ${value} end`)
    return columns.length + extra.length
  })
  return { columns, needed, extra, cursorAt }
}

const cursorOf = (relation: Relation, { cursorAt }: Layout, row: Row | undefined): RowCursor | null => {
  if (row === undefined) return null
  const cursor = cursorAt.map((at) => row[at] ?? null)
  if (cursor.reduce((sum, value) => sum + (value?.length ?? 0), 0) <= cursorCharacters) return cursor
  throw new ConsoleError(
    'VALUE_TOO_LARGE',
    `${tableName(relation)} cannot be paged in this order: a sorted value is longer than ${cursorCharacters / 1024} kB.`,
    'Sort by another column.',
  )
}

const pageStatement = (
  relation: Relation,
  { columns, needed, extra }: Layout,
  order: readonly OrderTerm[],
  conditions: readonly RawBuilder<unknown>[],
  rows: number,
): RawBuilder<unknown> => {
  const list = needed.map((column, index) => sql`${identifier('r', column.name)} as ${cellName(index)}`)
  const source = sql`(select ${sql.join(list)} from ${tableSql(relation)} as r${where(conditions)}${orderBy(order)} limit ${sql.lit(rows)}) as page`
  return selectRows(source, columns, extra)
}

/** One page of a relation with a key, in memory as a result of one batch. Fails with `INVALID_INPUT` when it has no key. */
export const readPage = async (
  database: Database,
  results: Results,
  relation: Relation,
  input: RowsPageInput,
  signal: AbortSignal,
): Promise<RowsPageOutput> => {
  const started = performance.now()
  if (relation.description.key.length === 0) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `${tableName(relation)} has no key to page by.`,
      'Read it as one stream.',
    )
  }
  const forward = totalOrder(relation, input.sort)
  const order = input.backward ? reversed(forward) : forward
  const columns = columnsOf(relation, input.columns)
  const wide = columns.filter(({ width }) => width !== 'narrow').length
  const limit = Math.min(input.limit, Math.max(1, Math.floor(pageCharacters / cellLimit / Math.max(1, wide))))
  if (input.from !== null && input.from.length !== order.length) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `The position in ${tableName(relation)} belongs to another order.`,
      'Start from the first page.',
    )
  }
  const conditions = filterConditions(relation, input.filters, bindParameter)
  const ranges = input.from === null ? [sql`true`] : rangesBehind(order, input.from, bindParameter)

  // One row beyond the page tells whether there is more.
  const rows: Row[] = []
  let layout = layoutOf(columns, order, limit)
  for (const range of ranges) {
    const missing = limit - rows.length
    layout = layoutOf(columns, order, missing)
    const part = await database.queryText(
      pageStatement(relation, layout, order, [...conditions, range], missing + 1),
      { signal, searchPath: 'role' },
    )
    for (const row of part.rows) rows.push(row)
    if (rows.length > limit) break
  }
  const more = rows.length > limit
  if (more) rows.pop()
  if (input.backward) rows.reverse()

  const first = cursorOf(relation, layout, rows[0])
  const last = cursorOf(relation, layout, rows.at(-1))
  const text = rows.map((row) => encodeCopyRow(row.slice(0, columns.length + 1))).join('')
  const bytes = new TextEncoder().encode(text)
  const resultId = results.add(
    (async function* () {
      if (bytes.byteLength > 0) yield bytes
    })(),
  )
  return {
    resultId,
    columns: columns.map(({ name }) => name),
    rows: rows.length,
    first,
    last,
    more,
    milliseconds: performance.now() - started,
  }
}
