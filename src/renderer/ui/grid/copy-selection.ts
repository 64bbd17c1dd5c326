import { ConsoleError } from '../../../shared/errors.ts'
import type { RelationDescription } from '../../../shared/rows.ts'
import { type CopyFormat, formatRowsAs } from './copy-rows.ts'
import type { GridRange } from './grid-cursor.ts'
import type { RowSource } from './row-source.ts'
import type { PlacedColumn } from './use-grid-columns.ts'
import { exactCell } from './whole-cell.ts'

const copiedCells = 500_000
const copiedCharacters = 64 * 1024 * 1024

type Selection = {
  sessionId: string
  description: RelationDescription
  rows: RowSource
  /** Visible columns, from left to right. */
  visible: readonly PlacedColumn[]
  range: GridRange
}

const tooMuch = (what: string): ConsoleError =>
  new ConsoleError(
    'VALUE_TOO_LARGE',
    `The selection ${what}.`,
    'Select less, or write the rows to a file with psql’s \\copy.',
  )

/**
 * The selection as text, exact: cut values are loaded whole first, and what cannot be is refused.
 * Fails with `VALUE_TOO_LARGE`, and with what loading a value fails with.
 */
export const copyableText = async (
  { sessionId, description, rows, visible, range }: Selection,
  format: CopyFormat,
  signal: AbortSignal,
): Promise<{ text: string; rows: number }> => {
  const columns = visible.slice(range.firstColumn, range.lastColumn + 1)
  const count = range.lastRow - range.firstRow + 1
  if (count * columns.length > copiedCells) throw tooMuch('holds more cells than a clipboard is good for')
  const copied: (string | null)[][] = []
  let characters = 0
  for (let ordinal = range.firstRow; ordinal <= range.lastRow; ordinal += 1) {
    const row = rows.row(ordinal)
    if (row === null) throw tooMuch('reaches further than the rows that are loaded')
    const cells: (string | null)[] = []
    for (const { index } of columns) {
      const cell = await exactCell(sessionId, description, row, index, signal)
      characters += cell?.length ?? 0
      if (characters > copiedCharacters) throw tooMuch('is longer than 64 MB')
      cells.push(cell)
    }
    copied.push(cells)
  }
  const { schema, name } = description
  const described = columns.map(({ column }) => column)
  return {
    text: formatRowsAs(format, { schema, relation: name, columns: described, rows: copied }),
    rows: count,
  }
}
