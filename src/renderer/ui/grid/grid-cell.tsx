import { memo, type ReactNode } from 'react'
import { formatBytes } from '../bytes.tsx'
import { visibleText } from '../visible-text.ts'
import type { LoadedRow } from './row-source.ts'
import type { PlacedColumn } from './use-grid-columns.ts'

/** Characters that are put on the screen: no column is wider, and the rest is in the inspector. */
const shownCharacters = 220

const families: Partial<Record<PlacedColumn['column']['family'], string>> = {
  number: 'number',
  boolean: 'boolean',
  json: 'json',
}

/** One value as stored. Line ends are drawn as signs: a row is one line. */
const CellText = ({ text, cut }: { text: string | null; cut: number | undefined }) => {
  if (text === null) return <span className="grid-null">NULL</span>
  if (text === '') return <span className="grid-empty">empty</span>
  const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
  const seen = visibleText(shown)
  const line = /[\n\r\t]/.test(seen) ? seen.replace(/\r\n|\n|\r/g, '↵').replaceAll('\t', '⇥') : seen
  if (cut === undefined) return line
  return (
    <>
      <span className="grid-cut-text">{line}</span>
      <span className="grid-cut">… {formatBytes(cut)}</span>
    </>
  )
}

/** Draws a value in other words than its stored text; `undefined`: as stored. Must be the same function each time. */
export type RenderCell = (column: string, text: string) => ReactNode

type CellProps = {
  id: string
  placed: PlacedColumn
  /** `aria-colindex`, from 1. */
  position: number
  row: LoadedRow | null
  isFocused: boolean
  isSelected: boolean
  canFollow: boolean
  render: RenderCell | undefined
}

export const GridCell = memo(
  ({ id, placed, position, row, isFocused, isSelected, canFollow, render }: CellProps) => {
    const text = row?.cell(placed.index)
    const drawn = typeof text === 'string' ? render?.(placed.column.name, text) : undefined
    return (
      <div
        id={id}
        role="gridcell"
        aria-colindex={position}
        aria-selected={isSelected}
        className="grid-cell"
        data-family={families[placed.column.family]}
        data-focused={isFocused || undefined}
        data-cut={row?.cut(placed.index) !== undefined || undefined}
        data-position={position - 1}
        style={{ width: placed.width, left: placed.left }}
      >
        {row === null ? (
          <span className="skeleton grid-skeleton" />
        ) : drawn !== undefined ? (
          drawn
        ) : (
          <CellText text={text ?? null} cut={row.cut(placed.index)} />
        )}
        {canFollow && text !== null && text !== undefined && (
          <button
            type="button"
            tabIndex={-1}
            className="grid-follow"
            aria-label={`Open the row in ${placed.column.references?.table ?? ''}`}
          />
        )}
      </div>
    )
  },
)
