import './grid.css'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { RowSort } from '../../../shared/rows.ts'
import type { ColumnMenuActions } from './column-menu.tsx'
import type { RenderCell } from './grid-cell.tsx'
import { cursorAt, type GridCell, type GridCursor, selectedRange } from './grid-cursor.ts'
import { GridHeader } from './grid-header.tsx'
import { type GridActions, onGridKey } from './grid-keys.ts'
import { type DrawnColumns, GridRow } from './grid-row.tsx'
import type { RowSource } from './row-source.ts'
import type { GridColumns } from './use-grid-columns.ts'
import { rowHeight, useRowScroll } from './use-row-scroll.ts'

type DataGridProps = GridActions & {
  /** Read out as the name of the grid. */
  label: string
  columns: GridColumns
  rows: RowSource
  sort?: readonly RowSort[]
  cursor: GridCursor | null
  onCursor: (cursor: GridCursor | null) => void
  columnActions?: ColumnMenuActions
  /** Draws values of some columns in other words than their stored text. */
  renderCell?: RenderCell
  /** Stands in place of the rows when there are none. */
  empty?: ReactNode
}

const noSort: readonly RowSort[] = []
const noActions: ColumnMenuActions = {}

const cellOf = (event: MouseEvent): GridCell | null => {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('.grid-cell') : null
  const row = cell?.closest<HTMLElement>('.grid-row')
  return cell && row ? { row: Number(row.dataset.ordinal), column: Number(cell.dataset.position) } : null
}

/**
 * Rows and columns of any number: only what is seen is drawn, and only drawn cells are decoded. One tab stop; the focused cell is
 * named by `aria-activedescendant`, since the cell itself may scroll out of the document.
 */
export const DataGrid = ({
  label,
  columns,
  rows,
  sort = noSort,
  onSort,
  cursor,
  onCursor,
  onOpen,
  onFollow,
  onCopy,
  columnActions = noActions,
  renderCell,
  empty,
}: DataGridProps) => {
  const gridId = useId()
  const element = useRef<HTMLDivElement>(null)
  const [menuAt, setMenuAt] = useState(-1)
  const snapshot = useSyncExternalStore(rows.subscribe, rows.snapshot)
  const leading = snapshot.before ? snapshot.ahead : 0
  const trailing = snapshot.after || !snapshot.ready ? snapshot.ahead : 0
  const identity = `${gridId}${snapshot.generation}`
  const scroll = useRowScroll(
    element,
    {
      first: snapshot.start - leading,
      count: snapshot.end - snapshot.start + leading + trailing,
      identity,
    },
    rowHeight,
  )

  useEffect(() => rows.show(scroll.firstSeen, scroll.lastSeen), [rows, scroll.firstSeen, scroll.lastSeen])

  const virtual = useVirtualizer({
    horizontal: true,
    count: columns.scrolled.length,
    getScrollElement: () => element.current,
    estimateSize: (at) => columns.scrolled[at]?.width ?? 0,
    overscan: 3,
    scrollPaddingEnd: columns.pinnedWidth,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are asked for anew when the columns change
  useLayoutEffect(() => virtual.measure(), [virtual, columns.scrolled])

  const drawnAt = virtual.getVirtualItems()
  const firstDrawn = drawnAt[0]?.index ?? 0
  const endDrawn = (drawnAt.at(-1)?.index ?? -1) + 1
  const drawn: DrawnColumns = useMemo(
    () => ({
      pinned: columns.pinned,
      scrolled: columns.scrolled
        .slice(firstDrawn, endDrawn)
        .map((placed, at) => ({ placed, position: columns.pinned.length + firstDrawn + at })),
      pinnedWidth: columns.pinnedWidth,
      width: columns.pinnedWidth + columns.scrolledWidth,
    }),
    [columns, firstDrawn, endDrawn],
  )

  const { reveal } = scroll
  const focusRow = cursor?.focus.row
  const focusColumn = cursor?.focus.column
  const inHeader = cursor?.inHeader ?? false
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a moved cursor moves what is seen
  useLayoutEffect(() => {
    if (focusRow === undefined || focusColumn === undefined) return
    if (!inHeader) reveal(focusRow)
    if (focusColumn >= columns.pinned.length) virtual.scrollToIndex(focusColumn - columns.pinned.length)
  }, [focusRow, focusColumn, inHeader])

  const bounds = {
    firstRow: snapshot.start,
    lastRow: Math.max(snapshot.start, snapshot.end - 1),
    columns: columns.visible.length,
    pageRows: Math.max(1, scroll.lastSeen - scroll.firstSeen - 1),
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== element.current) return
    const actions = { onSort, onOpen, onFollow, onCopy, onCursor, onMenu: setMenuAt }
    if (!onGridKey(event, { columns, rows, bounds, cursor, firstSeen: scroll.firstSeen, ...actions })) return
    event.preventDefault()
    event.stopPropagation()
  }

  const isDragging = useRef(false)
  const onMouseDown = (event: MouseEvent): void => {
    const focus = cellOf(event)
    if (focus === null || event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('.grid-follow')) return
    isDragging.current = true
    onCursor(
      event.shiftKey && cursor !== null ? { focus, anchor: cursor.anchor, inHeader: false } : cursorAt(focus),
    )
  }
  const onMouseMove = (event: MouseEvent): void => {
    if (!isDragging.current || event.buttons !== 1 || cursor === null) return
    const focus = cellOf(event)
    if (focus === null || (focus.row === cursor.focus.row && focus.column === cursor.focus.column)) return
    onCursor({ focus, anchor: cursor.anchor, inHeader: false })
  }

  const range = cursor === null || cursor.inHeader ? null : selectedRange(cursor)
  const focusedHere = cursor === null ? -1 : cursor.focus.column
  const isSelected = (ordinal: number) =>
    range !== null && ordinal >= range.firstRow && ordinal <= range.lastRow
  const isFocusDrawn =
    cursor !== null &&
    (cursor.inHeader || (cursor.focus.row >= scroll.from && cursor.focus.row < scroll.to)) &&
    (focusedHere < columns.pinned.length || drawn.scrolled.some(({ position }) => position === focusedHere))
  const isWhole = snapshot.ready && !snapshot.before && !snapshot.after
  const isEmpty = isWhole && snapshot.start === snapshot.end
  const width = Math.max(drawn.width, 1)

  const drawnRows = Math.max(1, scroll.capacity)
  const list: ReactNode[] = []
  for (let ordinal = scroll.from; ordinal < scroll.to; ordinal += 1) {
    list.push(
      <GridRow
        // A row that leaves the screen gives its place in the document to one that comes.
        key={((ordinal % drawnRows) + drawnRows) % drawnRows}
        gridId={gridId}
        ordinal={ordinal}
        position={ordinal - snapshot.start + 2}
        top={scroll.topOf(ordinal)}
        row={rows.row(ordinal)}
        columns={drawn}
        focused={cursor !== null && !cursor.inHeader && cursor.focus.row === ordinal ? focusedHere : -1}
        firstSelected={isSelected(ordinal) && range !== null ? range.firstColumn : -1}
        lastSelected={isSelected(ordinal) && range !== null ? range.lastColumn : -2}
        canFollow={onFollow !== undefined}
        render={renderCell}
      />,
    )
  }

  return (
    <div
      ref={element}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={isWhole ? snapshot.end - snapshot.start + 1 : -1}
      aria-colcount={columns.visible.length}
      aria-multiselectable
      aria-busy={snapshot.loading}
      aria-activedescendant={
        isFocusDrawn && cursor !== null
          ? cursor.inHeader
            ? `${gridId}-head-${focusedHere}`
            : `${gridId}-${cursor.focus.row}-${focusedHere}`
          : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      onMouseMove={onMouseMove}
      onMouseUp={() => {
        isDragging.current = false
      }}
      onDoubleClick={(event) => {
        const cell = cellOf(event)
        if (cell !== null) onOpen?.(cell)
      }}
      onClick={(event) => {
        const cell = cellOf(event)
        const isArrow = event.target instanceof Element && event.target.closest('.grid-follow') !== null
        if (cell !== null && (isArrow || event.ctrlKey || event.metaKey)) onFollow?.(cell)
      }}
    >
      <GridHeader
        gridId={gridId}
        drawn={drawn}
        columns={columns}
        sort={sort}
        onSort={onSort}
        focused={cursor?.inHeader ? focusedHere : -1}
        menuAt={menuAt}
        onMenu={(at) => {
          setMenuAt(at)
          if (at === -1) element.current?.focus()
        }}
        actions={columnActions}
      />
      {isEmpty ? (
        <div className="grid-none">{empty}</div>
      ) : (
        <div className="grid-rows" role="rowgroup" style={{ height: scroll.height, width }}>
          {list}
        </div>
      )}
    </div>
  )
}
