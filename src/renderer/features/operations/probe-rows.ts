import type { ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import type { GridColumn } from '../../../shared/rows.ts'
import { headerWidth, maximumWidth } from '../../ui/grid/grid-layout.ts'
import { ObservableRows } from '../../ui/grid/observable-rows.ts'
import type { LoadedRow, RowSource } from '../../ui/grid/row-source.ts'
import { cellWords, isFigure } from './cell-words.ts'

type Row = ProbeReport['rows'][number]
type Column = ProbeAbout['columns'][number]

/** Tells a row again in a later report: by its backend where it is one, else by what names it, seen or not. */
export const rowKey = (row: Row, columns: readonly Column[]): string =>
  JSON.stringify(
    'pid' in row && row.pid !== null
      ? [row.pid, row.since ?? null]
      : columns
          .filter(({ kind }) => kind === 'text' || kind === 'number')
          .slice(0, 4)
          .map(({ key }) => row[key]),
  )

/** The columns to show, as the grid takes them. */
export const gridColumnsOf = (columns: readonly Column[]): GridColumn[] =>
  columns.map(({ title, kind, note }) => ({
    name: title,
    type: '',
    shortType: '',
    family: isFigure(kind) ? 'number' : 'text',
    notNull: false,
    inKey: false,
    generated: false,
    sortable: true,
    enumLabels: [],
    comment: note,
    references: null,
  }))

const cellOf = (row: Row, { key, kind }: Column): string | null => {
  const words = cellWords(row[key], kind)
  // Who waits stands below whom it waits for.
  return key === 'pid' && typeof row.depth === 'number' && row.depth > 0
    ? `${'\u2003'.repeat(row.depth - 1)}└ ${words ?? ''}`
    : words
}

/** Widths that fit what was found, in pixels. */
export const widthsFor = (columns: readonly Column[], rows: readonly Row[]): number[] =>
  gridColumnsOf(columns).map((column, at) => {
    const shown = columns[at]
    const longest =
      shown === undefined ? 0 : Math.max(0, ...rows.map((row) => cellOf(row, shown)?.length ?? 4))
    const widest = shown?.kind === 'sql' ? 340 : 320
    return Math.round(
      Math.min(maximumWidth, Math.max(headerWidth(column), Math.min(widest, 24 + longest * 8))),
    )
  })

export type ProbeSort = { column: string; direction: 'asc' | 'desc' }

const compare = (one: Row[string] | undefined, other: Row[string] | undefined): number => {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one ?? '').localeCompare(String(other ?? ''), 'en', { numeric: true })
}

/** Rows in the order that somebody chose; what is not known comes last either way. */
export const sortRows = (
  rows: readonly Row[],
  columns: readonly Column[],
  sort: ProbeSort | null,
): readonly Row[] => {
  const key = columns.find(({ title }) => title === sort?.column)?.key
  if (sort === null || key === undefined) return rows
  const sign = sort.direction === 'asc' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [one[key] ?? null, other[key] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * compare(a, b)
  })
}

const nothing = (): undefined => undefined

/** The rows of a report for the grid. They are all here; a later report takes the place of the earlier one without a jump. */
export class ProbeRows implements RowSource {
  readonly #observable = new ObservableRows(12)
  #rows: readonly LoadedRow[] = []

  set(rows: readonly Row[], columns: readonly Column[]): void {
    this.#rows = rows.map((row) => ({
      cell: (at) => {
        const column = columns[at]
        return column === undefined ? null : cellOf(row, column)
      },
      cut: () => undefined,
    }))
    this.#observable.update({ end: rows.length, ready: true })
  }

  subscribe = (listener: () => void): (() => void) => this.#observable.subscribe(listener)
  snapshot = () => this.#observable.current
  row = (ordinal: number): LoadedRow | null => this.#rows[ordinal] ?? null
  // All rows are here: there is nothing to read, or to give up.
  show = nothing
  retry = nothing
  stop = nothing
  toStart = async (): Promise<void> => undefined
  toEnd = async (): Promise<void> => undefined
}
