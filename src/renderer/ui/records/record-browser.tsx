import './records.css'
import { useElementSize } from '@mantine/hooks'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { RelationDescription, RowFilter, RowSort } from '../../../shared/rows.ts'
import { count } from '../count.ts'
import { EmptyState } from '../empty-state.tsx'
import { ErrorState } from '../error-state.tsx'
import { DataGrid } from '../grid/data-grid.tsx'
import { cursorAt, type GridCursor } from '../grid/grid-cursor.ts'
import { useGridColumns } from '../grid/use-grid-columns.ts'
import { useGridCursor, useRelationRows } from '../grid/use-relation-rows.ts'
import { SkeletonRows } from '../skeletons.tsx'
import { StatusBar } from '../status-bar.tsx'
import { layoutOf, type RecordColumn, type RelationRow, recordOf, titledColumns, widthsOf } from './record.ts'

type RecordBrowserProps = {
  /** Read out as the name of the table. */
  label: string
  description: RelationDescription
  columns: readonly RecordColumn[]
  filters: RowFilter[]
  initialSort: RowSort[]
  /** What the panel at the right shows of the chosen row. */
  detail: (record: RelationRow) => ReactNode
  /** Title and words when there are no rows. */
  empty: [title: string, words: string]
  statusEnd?: ReactNode
}

const noLayoutKept = (): undefined => undefined

/** A table of one relation with the chosen row beside it: the body of the screens that are made for one purpose. */
export const RecordBrowser = ({
  label,
  description,
  columns,
  filters,
  initialSort,
  detail,
  empty,
  statusEnd,
}: RecordBrowserProps) => {
  const [sort, setSort] = useState(initialSort)
  const { rows, snapshot } = useRelationRows(description, filters, sort)
  const [moved, setMoved] = useGridCursor(rows)
  // The same view read again, after a change, shows the same row.
  const view = JSON.stringify([filters, sort])
  const [chosen, setChosen] = useState({ view, row: 0 })
  const setCursor = (cursor: GridCursor | null) => {
    setMoved(cursor)
    if (cursor !== null) setChosen({ view, row: cursor.focus.row })
  }
  const layout = useMemo(() => layoutOf(description, columns), [description, columns])
  const titled = useMemo(() => titledColumns(description, columns), [description, columns])
  const place = useElementSize<HTMLDivElement>()
  const widths = useMemo(
    () => (place.width === 0 ? null : widthsOf(description, columns, place.width)),
    [description, columns, place.width],
  )
  const gridColumns = useGridColumns(titled, layout, noLayoutKept, widths)
  const renderCell = useCallback(
    (title: string, text: string) => columns.find((column) => column.title === title)?.render?.(text),
    [columns],
  )

  const hasRows = snapshot.end > snapshot.start
  // The first row is chosen until somebody chooses another one.
  const kept = chosen.view === view && chosen.row >= snapshot.start && chosen.row < snapshot.end
  const first = kept ? chosen.row : snapshot.start
  const cursor = moved ?? (hasRows ? cursorAt({ row: first, column: 0 }) : null)
  const row = cursor === null ? null : rows.row(cursor.focus.row)
  const titleOf = (name: string) => columns.find((column) => column.name === name)?.title ?? name
  const sortBy = (title: string, additive: boolean) => {
    const name = columns.find((column) => column.title === title)?.name ?? title
    const before = sort.find(({ column }) => column === name)
    const next: RowSort = { column: name, direction: before?.direction === 'asc' ? 'desc' : 'asc' }
    setSort(additive ? [...sort.filter(({ column }) => column !== name), next] : [next])
  }

  return (
    <>
      {snapshot.error !== null && (
        <ErrorState variant="line" error={snapshot.error} onRetry={() => rows.retry()} />
      )}
      <div className="records">
        <div ref={place.ref} className="records-grid">
          <DataGrid
            label={label}
            columns={gridColumns}
            rows={rows}
            sort={sort.map(({ column, direction }) => ({ column: titleOf(column), direction }))}
            onSort={sortBy}
            cursor={cursor}
            onCursor={setCursor}
            renderCell={renderCell}
            empty={<EmptyState title={empty[0]}>{empty[1]}</EmptyState>}
          />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it */}
        <aside className="record-panel" aria-label="Details" tabIndex={0}>
          {row !== null && detail(recordOf(description, row))}
          {row === null && (hasRows || !snapshot.ready) && snapshot.error === null && (
            <SkeletonRows rows={6} label="Reading the row" />
          )}
        </aside>
      </div>
      <StatusBar end={statusEnd ?? 'times in your zone, UTC on hover'}>
        <span>
          {count(snapshot.end - snapshot.start, 'row', 'rows')} loaded
          {description.key.length > 0 && `, keyset on ${description.key.join(', ')}`}
        </span>
        {snapshot.firstPageMilliseconds !== null && (
          <span>first page {Math.round(snapshot.firstPageMilliseconds)} ms</span>
        )}
        {snapshot.notice !== null && <span>{snapshot.notice}</span>}
      </StatusBar>
    </>
  )
}
