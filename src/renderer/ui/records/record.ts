import type { ReactNode } from 'react'
import type { GridColumn, RelationDescription } from '../../../shared/rows.ts'
import { formatBytes } from '../bytes.tsx'
import { defaultWidth, type GridLayout, maximumWidth } from '../grid/grid-layout.ts'
import type { LoadedRow } from '../grid/row-source.ts'

/** A column of a screen that is made for one relation. */
export type RecordColumn = {
  /** As the relation calls it. */
  name: string
  /** As the screen calls it. */
  title: string
  /** Pixels. */
  width: number
  /** Takes the room that the others leave; `width` is then the least. */
  stretches?: boolean
  /** Draws the value in other words than its stored text. */
  render?: (text: string) => ReactNode
}

/** One row, read by column names. */
export type RelationRow = {
  description: RelationDescription
  /** The text as stored, or its beginning where it is `cut`; null for NULL and for a column that is not there. */
  text: (column: string) => string | null
  isCut: (column: string) => boolean
  /** The row's key, to ask the server for one whole value. */
  key: { column: string; value: string }[]
}

export const recordOf = (description: RelationDescription, row: LoadedRow): RelationRow => {
  const indexes = new Map(description.columns.map(({ name }, index) => [name, index]))
  const text = (column: string) => row.cell(indexes.get(column) ?? -1)
  return {
    description,
    text,
    isCut: (column) => row.cut(indexes.get(column) ?? -1) !== undefined,
    key: description.key.flatMap((column) => {
      const value = text(column)
      return value === null ? [] : [{ column, value }]
    }),
  }
}

/** The columns of the screen in its order; everything else the relation has is hidden until it is asked for. */
export const layoutOf = (description: RelationDescription, columns: readonly RecordColumn[]): GridLayout => {
  const names = columns.map(({ name }) => name)
  return {
    order: columns.map(({ title }) => title),
    pinned: [],
    hidden: description.columns.map(({ name }) => name).filter((name) => !names.includes(name)),
    sizes: [],
  }
}

/** Pixels that the grid's own scroll bar takes. */
const scrollBar = 11

/** Widths of the relation's columns, in its order, so that those of the screen fill `room` pixels where they can. */
export const widthsOf = (
  description: RelationDescription,
  columns: readonly RecordColumn[],
  room: number,
): number[] => {
  const left = Math.max(0, room - scrollBar - columns.reduce((sum, { width }) => sum + width, 0))
  return description.columns.map((column) => {
    const shown = columns.find(({ name }) => name === column.name)
    if (shown === undefined) return defaultWidth(column)
    return Math.min(maximumWidth, shown.width + (shown.stretches === true ? left : 0))
  })
}

/** The relation's columns under the screen's titles, in the relation's order: what the grid draws as headers. */
export const titledColumns = (
  description: RelationDescription,
  columns: readonly RecordColumn[],
): GridColumn[] =>
  description.columns.map((column) => {
    const title = columns.find(({ name }) => name === column.name)?.title
    return title === undefined
      ? column
      : { ...column, name: title, shortType: '', inKey: false, references: null }
  })

/** `~48,210 rows · 41 MB`: what the statistics say. */
export const rowEstimate = ({ estimatedRows, totalBytes }: RelationDescription): string =>
  [
    estimatedRows === null ? 'never analysed' : `~${estimatedRows.toLocaleString('en')} rows`,
    ...(totalBytes === null ? [] : [formatBytes(totalBytes)]),
  ].join(' · ')
