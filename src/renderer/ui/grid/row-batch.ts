import { decodeCopyCell, indexRows } from '../../../shared/copy-text.ts'
import type { LoadedRow } from './row-source.ts'

const TAB = 9
/** Rows whose cell borders are remembered: more than a screen shows, few enough to weigh nothing. */
const remembered = 200

/** Where each cell of the row at `bytes[start, end)` starts, and one more border behind the last cell's end. */
const bordersOf = (bytes: Uint8Array, start: number, end: number): number[] => {
  const borders = [start]
  for (let tab = bytes.indexOf(TAB, start); tab !== -1 && tab < end; tab = bytes.indexOf(TAB, tab + 1)) {
    borders.push(tab + 1)
  }
  borders.push(end)
  return borders
}

/** Bytes of the whole value for each cut cell, by column index, from a list such as `3:2048,7:90000`. */
const parseCuts = (list: string): Map<number, number> =>
  new Map(
    list === ''
      ? []
      : list.split(',').map((cut): [number, number] => {
          const [column, bytes] = cut.split(':')
          return [Number(column), Number(bytes)]
        }),
  )

/**
 * Rows as they came from the server: COPY text of which only line ends are known. A cell is decoded when it is asked for.
 * The last cell of each row is not a column: it lists the cells that the server cut, see `rowsPageOutput`.
 */
export class RowBatch {
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array
  readonly #rows = new Map<number, LoadedRow>()

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#starts = indexRows(bytes)
  }

  get rows(): number {
    return this.#starts.length - 1
  }

  get byteLength(): number {
    return this.#bytes.byteLength + this.#starts.byteLength
  }

  /** The row at an index from 0: the same object each time while it is on screen. */
  row(index: number): LoadedRow {
    const known = this.#rows.get(index)
    if (known !== undefined) return known
    const start = this.#starts[index] ?? 0
    const borders = bordersOf(this.#bytes, start, this.#starts[index + 1] ?? start)
    const cell = (column: number): string | null => {
      const from = borders[column]
      const next = borders[column + 1]
      return from === undefined || next === undefined ? null : decodeCopyCell(this.#bytes, from, next - 1)
    }
    const cuts = parseCuts(cell(borders.length - 2) ?? '')
    const row: LoadedRow = { cell, cut: (column) => cuts.get(column) }
    if (this.#rows.size >= remembered) this.#rows.clear()
    this.#rows.set(index, row)
    return row
  }
}

/** One batch of several that were pulled one after the other; each holds whole rows only. */
export const joinBatches = (batches: readonly Uint8Array[]): RowBatch => {
  const [first] = batches
  if (first !== undefined && batches.length === 1) return new RowBatch(first)
  const joined = new Uint8Array(batches.reduce((sum, bytes) => sum + bytes.byteLength, 0))
  let at = 0
  for (const bytes of batches) {
    joined.set(bytes, at)
    at += bytes.byteLength
  }
  return new RowBatch(joined)
}
