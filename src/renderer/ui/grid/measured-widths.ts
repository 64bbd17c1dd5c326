import type { GridColumn } from '../../../shared/rows.ts'
import { headerWidth } from './grid-layout.ts'
import type { RowSource } from './row-source.ts'

const characterWidth = 7.52
const padding = 18
const widest = 320
/** Cells that are looked at: enough to know a column by, few enough for 1,600 of them. */
const sampledCells = 6000

/** Widths that fit the first rows and the headers, in pixels. */
export const measuredWidths = (columns: readonly GridColumn[], rows: RowSource): number[] => {
  const { start, end } = rows.snapshot()
  const sampled = Math.max(4, Math.min(60, Math.floor(sampledCells / Math.max(1, columns.length))))
  const last = Math.min(end, start + sampled)
  return columns.map((column, index) => {
    let characters = 0
    for (let ordinal = start; ordinal < last; ordinal += 1) {
      characters = Math.max(characters, rows.row(ordinal)?.cell(index)?.length ?? 0)
    }
    const fitting = Math.min(widest, characters * characterWidth + padding)
    return Math.round(Math.max(headerWidth(column), fitting))
  })
}
