import type { KeyboardEvent } from 'react'
import { cursorAt, type GridBounds, type GridCell, type GridCursor, moveCursor } from './grid-cursor.ts'
import type { RowSource } from './row-source.ts'
import type { GridColumns } from './use-grid-columns.ts'

/** What a person may do with a grid beside moving in it; what is left out, no key does. */
export type GridActions = {
  /** Sorts by a column; `additive` keeps the columns that were sorted by before. */
  onSort?: ((name: string, additive: boolean) => void) | undefined
  /** Enter, or a double click, on a cell. */
  onOpen?: ((cell: GridCell) => void) | undefined
  /** Alt+→, or a click on the arrow, on a cell with a foreign key. */
  onFollow?: ((cell: GridCell) => void) | undefined
  onCopy?: (() => void) | undefined
}

type Grid = GridActions & {
  columns: GridColumns
  rows: RowSource
  bounds: GridBounds
  /** Null: the keyboard was not here yet, and begins at `firstSeen`. */
  cursor: GridCursor | null
  firstSeen: number
  onCursor: (cursor: GridCursor) => void
  /** Opens the menu of the column at this place. */
  onMenu: (at: number) => void
}

const goToEnd = async (
  { rows, bounds, onCursor }: Grid,
  towards: 'Home' | 'End',
  extendFrom: GridCursor | null,
): Promise<void> => {
  const { generation: before } = rows.snapshot()
  await (towards === 'Home' ? rows.toStart() : rows.toEnd())
  const reached = rows.snapshot()
  // Reading failed or was stopped: the far end is not there, and going elsewhere would begin to read again.
  if (towards === 'Home' ? reached.before : reached.after) return
  const focus =
    towards === 'Home'
      ? { row: reached.start, column: 0 }
      : { row: Math.max(reached.start, reached.end - 1), column: bounds.columns - 1 }
  const isSameList = reached.generation === before
  onCursor({ ...cursorAt(focus), ...(extendFrom !== null && isSameList && { anchor: extendFrom.anchor }) })
}

/** Whether the key did something with the column whose header cell has the focus. */
const onHeaderKey = (event: KeyboardEvent, { columns, onSort, onMenu, onCursor }: Grid, focus: GridCell) => {
  const { key, shiftKey, altKey } = event
  const placed = columns.visible[focus.column]
  if (placed === undefined) return false
  const siblings = focus.column < columns.pinned.length ? columns.pinned : columns.scrolled
  const among = siblings.indexOf(placed)
  if (key === 'Enter' && placed.column.sortable) onSort?.(placed.column.name, shiftKey)
  else if (key === ' ' || key === 'ContextMenu' || (key === 'F10' && shiftKey)) onMenu(focus.column)
  else if (altKey && key === 'ArrowUp') columns.resize(placed.index, placed.width + 20)
  else if (altKey && key === 'ArrowDown') columns.resize(placed.index, placed.width - 20)
  else if (altKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const step = key === 'ArrowLeft' ? -1 : 1
    if (siblings[among + step] === undefined) return true
    columns.move(placed.index, siblings[step === -1 ? among - 1 : among + 2]?.index ?? null)
    onCursor(cursorAt({ row: focus.row, column: focus.column + step }))
  } else return false
  return true
}

/** Does what a key stands for in a grid. False: the grid has no use for it. */
export const onGridKey = (event: KeyboardEvent, grid: Grid): boolean => {
  const { rows, bounds, cursor, onCursor, onOpen, onFollow, onCopy } = grid
  const { key, shiftKey: shift, altKey: alt } = event
  const control = event.ctrlKey || event.metaKey
  const letter = control ? key.toLowerCase() : null
  const from = cursor ?? cursorAt({ row: Math.max(bounds.firstRow, grid.firstSeen), column: 0 })
  const selectRows = (first: number, last: number) =>
    onCursor({
      anchor: { row: first, column: 0 },
      focus: { row: last, column: bounds.columns - 1 },
      inHeader: false,
    })

  if (from.inHeader && onHeaderKey(event, grid, from.focus)) return true
  if (alt) {
    if (key !== 'ArrowRight' || onFollow === undefined) return false
    onFollow(from.focus)
  } else if (control && (key === 'Home' || key === 'End')) void goToEnd(grid, key, shift ? from : null)
  else if (letter === 'c' && onCopy !== undefined) onCopy()
  else if (letter === 'a') selectRows(bounds.firstRow, bounds.lastRow)
  else if (shift && key === ' ') selectRows(from.anchor.row, from.focus.row)
  else if (key === 'Enter' && !from.inHeader) {
    if (onOpen === undefined) return false
    onOpen(from.focus)
  } else if (key === 'Escape' && rows.snapshot().loading) rows.stop()
  else {
    // End alone goes to the last column, as in a sheet; the first key that comes into the grid only shows the cursor.
    const next = moveCursor(from, { key, shift, control }, bounds)
    if (next === null) return false
    onCursor(cursor === null ? from : next)
  }
  return true
}
