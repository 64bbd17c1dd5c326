/** Where the keyboard is: a row by ordinal and a column by its place among the visible ones. */
export type GridCell = { row: number; column: number }

/** The focused cell and the opposite corner of what is selected. `inHeader`: the header cell of the column has the focus. */
export type GridCursor = { focus: GridCell; anchor: GridCell; inHeader: boolean }

export const cursorAt = (focus: GridCell): GridCursor => ({ focus, anchor: focus, inHeader: false })

/** Inclusive borders of a selection. */
export type GridRange = { firstRow: number; lastRow: number; firstColumn: number; lastColumn: number }

export const selectedRange = ({ focus, anchor }: GridCursor): GridRange => ({
  firstRow: Math.min(focus.row, anchor.row),
  lastRow: Math.max(focus.row, anchor.row),
  firstColumn: Math.min(focus.column, anchor.column),
  lastColumn: Math.max(focus.column, anchor.column),
})

/** The borders of what the keyboard can reach: rows [firstRow, lastRow], columns from 0. */
export type GridBounds = { firstRow: number; lastRow: number; columns: number; pageRows: number }

export type GridKey = { key: string; shift: boolean; control: boolean }

const clamp = (value: number, minimum: number, maximum: number): number =>
  Math.max(minimum, Math.min(value, maximum))

const moved = ({ row, column }: GridCell, { key, control }: GridKey, bounds: GridBounds): GridCell | null => {
  switch (key) {
    case 'ArrowUp':
      return { row: row - 1, column }
    case 'ArrowDown':
      return { row: row + 1, column }
    case 'ArrowLeft':
      return { row, column: column - 1 }
    case 'ArrowRight':
      return { row, column: column + 1 }
    case 'PageUp':
      return { row: row - bounds.pageRows, column }
    case 'PageDown':
      return { row: row + bounds.pageRows, column }
    case 'Home':
      return { row: control ? bounds.firstRow : row, column: 0 }
    case 'End':
      return { row: control ? bounds.lastRow : row, column: bounds.columns - 1 }
    default:
      return null
  }
}

/** The cursor after a key, or null when the key does not move it. */
export const moveCursor = (cursor: GridCursor, key: GridKey, bounds: GridBounds): GridCursor | null => {
  const { focus, anchor, inHeader } = cursor
  if (key.control && key.key.startsWith('Arrow')) return null
  if (key.key === 'ArrowUp' && focus.row === bounds.firstRow && !key.shift) {
    return { focus, anchor: focus, inHeader: true }
  }
  if (inHeader && key.key === 'ArrowDown') return cursorAt(focus)
  const target = moved(focus, key, bounds)
  if (target === null) return null
  const next = {
    row: clamp(target.row, bounds.firstRow, bounds.lastRow),
    column: clamp(target.column, 0, Math.max(0, bounds.columns - 1)),
  }
  const staysInHeader = inHeader && next.row === focus.row
  return { focus: next, anchor: key.shift && !staysInHeader ? anchor : next, inHeader: staysInHeader }
}
