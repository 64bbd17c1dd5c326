import {
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useEffect, useMemo } from 'react'
import type { GridColumn } from '../../../shared/rows.ts'
import { defaultWidth, type GridLayout, maximumWidth, minimumWidth } from './grid-layout.ts'

const features = tableFeatures({
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
})

/** The grid draws rows itself, from COPY text: the table holds columns only. */
const noRows: Record<string, never>[] = []

/** A column as it stands on the screen. */
export type PlacedColumn = {
  /** Its index in the relation's description, and in each row. */
  index: number
  column: GridColumn
  /** Pixels. */
  width: number
  /** Pixels from the left of the pinned, or of the scrolled, columns. */
  left: number
}

export type GridColumns = {
  pinned: PlacedColumn[]
  /** The columns that scroll, without those that are hidden. */
  scrolled: PlacedColumn[]
  /** Both, from left to right: what the keyboard walks through. */
  visible: PlacedColumn[]
  pinnedWidth: number
  scrolledWidth: number
  /** All columns in the order of the screen, for the chooser. */
  all: { index: number; column: GridColumn; isHidden: boolean; isPinned: boolean }[]
  resize(index: number, width: number): void
  resetWidth(index: number): void
  pin(index: number, pinned: boolean): void
  hide(index: number, hidden: boolean): void
  /** Puts a column in front of another one; behind the last one with null. */
  move(index: number, before: number | null): void
  reset(): void
}

const place = (columns: { id: string; getSize(): number }[], described: readonly GridColumn[]) => {
  let left = 0
  return columns.flatMap((column): PlacedColumn[] => {
    const index = Number(column.id)
    const description = described[index]
    if (description === undefined) return []
    const placed = { index, column: description, width: column.getSize(), left }
    left += placed.width
    return [placed]
  })
}

const widthOf = (columns: PlacedColumn[]): number => columns.reduce((sum, column) => sum + column.width, 0)

/**
 * Order, width, pinning and visibility of columns. `initial` is what was kept of them; `onChange` gets each new arrangement;
 * `measured` are widths that fit the rows, once they are known.
 * Ids are indexes: a column may be called anything, also `__proto__`.
 */
export const useGridColumns = (
  columns: readonly GridColumn[],
  initial: GridLayout,
  onChange: (layout: GridLayout) => void,
  measured: readonly number[] | null = null,
): GridColumns => {
  const definitions = useMemo(
    () =>
      columns.map((column, index) => ({
        id: String(index),
        size: measured?.[index] ?? defaultWidth(column),
        minSize: minimumWidth,
        maxSize: maximumWidth,
      })),
    [columns, measured],
  )
  const initialState = useMemo(() => {
    const ids = new Map(columns.map((column, index) => [column.name, String(index)]))
    const known = (names: string[]) => names.flatMap((name) => ids.get(name) ?? [])
    return {
      columnOrder: known(initial.order),
      columnPinning: { start: known(initial.pinned), end: [] },
      columnVisibility: Object.fromEntries(known(initial.hidden).map((id) => [id, false])),
      columnSizing: Object.fromEntries(
        initial.sizes.flatMap(([name, width]) => known([name]).map((id) => [id, width])),
      ),
    }
  }, [columns, initial])
  const table = useTable({ features, columns: definitions, data: noRows, initialState })
  const { columnOrder, columnPinning, columnVisibility, columnSizing } = table.state

  useEffect(() => {
    const names = (list: string[]) => list.flatMap((id) => columns[Number(id)]?.name ?? [])
    onChange({
      order: names(columnOrder),
      pinned: names(columnPinning.start),
      hidden: names(Object.keys(columnVisibility).filter((id) => columnVisibility[id] === false)),
      sizes: Object.entries(columnSizing).flatMap(([id, width]) =>
        names([id]).map((name): [string, number] => [name, width]),
      ),
    })
  }, [columns, onChange, columnOrder, columnPinning, columnVisibility, columnSizing])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the table answers differently when these change
  return useMemo(() => {
    const pinned = place(table.getStartVisibleLeafColumns(), columns)
    const scrolled = place(table.getCenterVisibleLeafColumns(), columns)
    const byId = (index: number) => table.getColumn(String(index))
    return {
      pinned,
      scrolled,
      visible: [...pinned, ...scrolled],
      pinnedWidth: widthOf(pinned),
      scrolledWidth: widthOf(scrolled),
      all: [...table.getStartLeafColumns(), ...table.getCenterLeafColumns()].flatMap((leaf) => {
        const index = Number(leaf.id)
        const column = columns[index]
        if (column === undefined) return []
        return [{ index, column, isHidden: !leaf.getIsVisible(), isPinned: leaf.getIsPinned() !== false }]
      }),
      resize: (index, width) =>
        table.setColumnSizing((sizes) => ({
          ...sizes,
          [index]: Math.round(Math.max(minimumWidth, Math.min(width, maximumWidth))),
        })),
      resetWidth: (index) => byId(index)?.resetSize(),
      pin: (index, isPinned) => byId(index)?.pin(isPinned ? 'start' : false),
      hide: (index, isHidden) => byId(index)?.toggleVisibility(!isHidden),
      move: (index, before) => {
        const id = String(index)
        const isPinned = byId(index)?.getIsPinned() === 'start'
        const leaves = isPinned ? table.getStartLeafColumns() : table.getCenterLeafColumns()
        const others = leaves.map((leaf) => leaf.id).filter((other) => other !== id)
        const at = before === null ? -1 : others.indexOf(String(before))
        const order = others.toSpliced(at === -1 ? others.length : at, 0, id)
        if (isPinned) table.setColumnPinning((pinning) => ({ ...pinning, start: order }))
        else table.setColumnOrder([...table.getStartLeafColumns().map((leaf) => leaf.id), ...order])
      },
      reset: () => {
        table.setColumnOrder([])
        table.setColumnPinning({ start: [], end: [] })
        table.setColumnVisibility({})
        table.setColumnSizing({})
      },
    }
  }, [table, definitions, columnOrder, columnPinning, columnVisibility, columnSizing])
}
