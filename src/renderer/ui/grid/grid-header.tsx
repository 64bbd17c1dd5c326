import { IconKey, IconLink, IconSelector, IconSortAscending, IconSortDescending } from '@tabler/icons-react'
import { type PointerEvent, useRef } from 'react'
import type { RowSort } from '../../../shared/rows.ts'
import { ColumnMenu, type ColumnMenuActions } from './column-menu.tsx'
import type { DrawnColumns } from './grid-row.tsx'
import type { GridColumns, PlacedColumn } from './use-grid-columns.ts'

type HeaderProps = {
  gridId: string
  drawn: DrawnColumns
  columns: GridColumns
  sort: readonly RowSort[]
  onSort: ((name: string, additive: boolean) => void) | undefined
  /** Place of the column whose header has the focus, or -1. */
  focused: number
  /** Place of the column whose menu is open, or -1. */
  menuAt: number
  onMenu: (at: number) => void
  actions: ColumnMenuActions
}

/** Drags the right border of a column; a double click gives the column its own width back. */
const ResizeHandle = ({ placed, columns }: { placed: PlacedColumn; columns: GridColumns }) => {
  const from = useRef<{ x: number; width: number } | null>(null)
  return (
    // For the mouse; the keyboard has Alt+arrows and the column's menu.
    <div
      className="grid-resize"
      // Draggable so that it can refuse: else its column would be dragged with it.
      draggable
      onDragStart={(event) => {
        event.preventDefault()
        event.stopPropagation()
      }}
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { x: event.clientX, width: placed.width }
      }}
      onPointerMove={(event) => {
        if (from.current !== null) {
          columns.resize(placed.index, from.current.width + event.clientX - from.current.x)
        }
      }}
      onLostPointerCapture={() => {
        from.current = null
      }}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => {
        event.stopPropagation()
        columns.resetWidth(placed.index)
      }}
    />
  )
}

const SortMark = ({ sort, name }: { sort: readonly RowSort[]; name: string }) => {
  const at = sort.findIndex(({ column }) => column === name)
  const by = sort[at]
  if (by === undefined) return null
  const Icon = by.direction === 'asc' ? IconSortAscending : IconSortDescending
  return (
    <span className="grid-sort">
      <Icon size={13} stroke={2} />
      {sort.length > 1 && at + 1}
    </span>
  )
}

const ariaSort = (sort: readonly RowSort[], name: string) => {
  const by = sort.find(({ column }) => column === name)
  if (by === undefined) return undefined
  return by.direction === 'asc' ? 'ascending' : 'descending'
}

/** Names and types of the columns. A click sorts, Shift and a click adds to the sort, dragging moves a column. */
export const GridHeader = ({
  gridId,
  drawn,
  columns,
  sort,
  onSort,
  focused,
  menuAt,
  onMenu,
  actions,
}: HeaderProps) => {
  const dragged = useRef<number | null>(null)
  const head = (placed: PlacedColumn, at: number, isPinned: boolean) => {
    const { column, index } = placed
    return (
      <div
        key={index}
        id={`${gridId}-head-${at}`}
        role="columnheader"
        aria-colindex={at + 1}
        aria-sort={ariaSort(sort, column.name)}
        className="grid-head-cell"
        data-family={column.family === 'number' ? 'number' : undefined}
        data-focused={focused === at || undefined}
        title={[`${column.name} ${column.type}`, column.comment ?? ''].filter(Boolean).join('\n')}
        style={{ width: placed.width, left: placed.left }}
        draggable
        onDragStart={(event) => {
          dragged.current = index
          event.dataTransfer.effectAllowed = 'move'
          event.dataTransfer.setData('text/plain', column.name)
        }}
        onDragOver={(event) => {
          if (dragged.current !== null) event.preventDefault()
        }}
        onDrop={(event) => {
          event.preventDefault()
          if (dragged.current !== null && dragged.current !== index) columns.move(dragged.current, index)
          dragged.current = null
        }}
        onClick={(event) => {
          if (column.sortable) onSort?.(column.name, event.shiftKey)
        }}
        onContextMenu={(event) => {
          event.preventDefault()
          onMenu(at)
        }}
      >
        {column.inKey && <IconKey className="grid-mark" size={12} stroke={2} aria-label="key" />}
        {column.references !== null && (
          <IconLink
            className="grid-mark"
            size={12}
            stroke={2}
            aria-label={`references ${column.references.table}`}
          />
        )}
        <span className="grid-head-name">{column.name}</span>
        <span className="grid-head-type">{column.shortType}</span>
        <SortMark sort={sort} name={column.name} />
        <ColumnMenu
          placed={placed}
          isPinned={isPinned}
          columns={columns}
          isOpen={menuAt === at}
          onOpen={(open) => onMenu(open ? at : -1)}
          onSort={column.sortable ? onSort : undefined}
          actions={actions}
          icon={<IconSelector size={13} stroke={2} />}
        />
        <ResizeHandle placed={placed} columns={columns} />
      </div>
    )
  }
  return (
    <div role="row" aria-rowindex={1} className="grid-head" style={{ width: drawn.width }}>
      {drawn.pinned.length > 0 && (
        <div className="grid-pinned" role="presentation" style={{ width: drawn.pinnedWidth }}>
          {drawn.pinned.map((placed, at) => head(placed, at, true))}
        </div>
      )}
      <div className="grid-scrolled" role="presentation" style={{ left: drawn.pinnedWidth }}>
        {drawn.scrolled.map(({ placed, position }) => head(placed, position, false))}
      </div>
    </div>
  )
}
