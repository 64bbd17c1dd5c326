import { expect, test } from 'vitest'
import { cursorAt, type GridKey, moveCursor, selectedRange } from './grid-cursor.ts'

const bounds = { firstRow: -5, lastRow: 20, columns: 4, pageRows: 10 }
const key = (name: string, more: Partial<GridKey> = {}): GridKey => ({
  key: name,
  shift: false,
  control: false,
  ...more,
})

test('the cursor stays inside of what is known', () => {
  const moved = (from: { row: number; column: number }, pressed: GridKey) =>
    moveCursor(cursorAt(from), pressed, bounds)?.focus
  expect(moved({ row: 20, column: 3 }, key('ArrowDown'))).toEqual({ row: 20, column: 3 })
  expect(moved({ row: 15, column: 3 }, key('PageDown'))).toEqual({ row: 20, column: 3 })
  expect(moved({ row: 0, column: 3 }, key('ArrowRight'))).toEqual({ row: 0, column: 3 })
  expect(moved({ row: 0, column: 3 }, key('Home', { control: true }))).toEqual({ row: -5, column: 0 })
  expect(moveCursor(cursorAt({ row: 0, column: 0 }), key('x'), bounds)).toBeNull()
})

test('Shift extends the selection from where it began', () => {
  let cursor = cursorAt({ row: 3, column: 1 })
  for (const name of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp']) {
    cursor = moveCursor(cursor, key(name, { shift: true }), bounds) ?? cursor
  }
  expect(selectedRange(cursor)).toEqual({ firstRow: 3, lastRow: 4, firstColumn: 1, lastColumn: 2 })
})

test('above the first row are the headers, and below them the row again', () => {
  const header = moveCursor(cursorAt({ row: -5, column: 2 }), key('ArrowUp'), bounds)
  expect(header).toMatchObject({ inHeader: true, focus: { row: -5, column: 2 } })
  if (header === null) return
  const right = moveCursor(header, key('ArrowRight'), bounds)
  expect(right).toMatchObject({ inHeader: true, focus: { row: -5, column: 3 } })
  expect(moveCursor(right ?? header, key('ArrowDown'), bounds)).toMatchObject({
    inHeader: false,
    focus: { row: -5, column: 3 },
  })
})
