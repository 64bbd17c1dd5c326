import { memo } from 'react'
import { GridCell, type RenderCell } from './grid-cell.tsx'
import type { LoadedRow } from './row-source.ts'
import type { PlacedColumn } from './use-grid-columns.ts'

/** The columns that are drawn, the same object for all rows. `offset` is how many pinned columns stand before the scrolled ones. */
export type DrawnColumns = {
  pinned: readonly PlacedColumn[]
  scrolled: readonly { placed: PlacedColumn; position: number }[]
  pinnedWidth: number
  width: number
}

type RowProps = {
  gridId: string
  ordinal: number
  /** `aria-rowindex`, from 2: the header is row 1. */
  position: number
  top: number
  row: LoadedRow | null
  columns: DrawnColumns
  /** Places of the focused column and of the selected ones, or -1. */
  focused: number
  firstSelected: number
  lastSelected: number
  canFollow: boolean
  render: RenderCell | undefined
}

export const GridRow = memo(
  ({
    gridId,
    ordinal,
    position,
    top,
    row,
    columns,
    focused,
    firstSelected,
    lastSelected,
    canFollow,
    render,
  }: RowProps) => {
    const cell = (placed: PlacedColumn, at: number) => (
      <GridCell
        key={placed.index}
        id={`${gridId}-${ordinal}-${at}`}
        placed={placed}
        position={at + 1}
        row={row}
        isFocused={focused === at}
        isSelected={at >= firstSelected && at <= lastSelected}
        canFollow={canFollow && placed.column.references !== null}
        render={render}
      />
    )
    return (
      <div
        role="row"
        aria-rowindex={position}
        className="grid-row"
        data-ordinal={ordinal}
        data-current={focused >= 0 || undefined}
        data-selected={lastSelected >= firstSelected || undefined}
        style={{ width: columns.width, top }}
      >
        {columns.pinned.length > 0 && (
          <div className="grid-pinned" role="presentation" style={{ width: columns.pinnedWidth }}>
            {columns.pinned.map((placed, at) => cell(placed, at))}
          </div>
        )}
        <div className="grid-scrolled" role="presentation" style={{ left: columns.pinnedWidth }}>
          {columns.scrolled.map(({ placed, position: at }) => cell(placed, at))}
        </div>
      </div>
    )
  },
)
