import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { RelationDescription } from '../../../shared/rows.ts'
import { useSession } from '../../app/session-context.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ColumnChooser } from '../../ui/grid/column-chooser.tsx'
import { DataGrid } from '../../ui/grid/data-grid.tsx'
import { type GridCell, selectedRange } from '../../ui/grid/grid-cursor.ts'
import type { GridLayout } from '../../ui/grid/grid-layout.ts'
import { useGridColumns } from '../../ui/grid/use-grid-columns.ts'
import { useGridCursor, useMeasuredWidths, useRelationRows } from '../../ui/grid/use-relation-rows.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { type BrowseView, nextSort } from './browse-view.ts'
import { CopyMenu } from './copy-menu.tsx'
import { ExactCount } from './exact-count.tsx'
import { type EditedFilter, FilterBar } from './filter-bar.tsx'
import { referencedRow } from './foreign-keys.ts'
import { Inspector } from './inspector/inspector.tsx'
import { RowsStatus } from './rows-status.tsx'
import { useCopySelection } from './use-copy-selection.ts'

/** From this width on there is room for the inspector beside the grid. */
const wideWindow = 1200

type RelationViewProps = {
  description: RelationDescription
  view: BrowseView
  layout: GridLayout
  onLayout: (layout: GridLayout) => void
  onReload: () => void
  tree: ReactNode
}

/** A relation's rows with all that is around them: head, filters, tree, grid, inspector, status. */
export const RelationView = ({ description, view, layout, onLayout, onReload, tree }: RelationViewProps) => {
  const { sessionId } = useSession()
  // Later layouts are our own changes coming back.
  const [initialLayout] = useState(layout)
  const { rows, snapshot } = useRelationRows(description, view.filters, view.sort)
  const widths = useMeasuredWidths(description, rows, snapshot)
  const columns = useGridColumns(description.columns, initialLayout, onLayout, widths)
  const [cursor, setCursor] = useGridCursor(rows)
  const [isInspecting, setInspecting] = useState(window.innerWidth >= wideWindow)
  const [edited, setEdited] = useState<EditedFilter>(null)
  const copy = useCopySelection(sessionId, description, rows, columns)

  const at = (cell: GridCell) => {
    const row = rows.row(cell.row)
    const placed = columns.visible[cell.column]
    return row === null || placed === undefined ? null : { row, placed }
  }
  const focused = cursor === null ? null : at(cursor.focus)
  const follow = (cell: GridCell) => {
    const here = at(cell)
    if (here === null) return
    const { references } = here.placed.column
    const filters = referencedRow(here.row, description, here.placed.column)
    if (references !== null && filters !== null) view.open(references.relation, filters)
  }
  const isFiltered = view.filters.length > 0

  return (
    <>
      <PageHead
        title={visibleText(description.name)}
        facts={
          <>
            {description.schema} · {description.kind === 'table' ? '' : `${description.kind} · `}
            <ExactCount
              key={JSON.stringify(view.filters)}
              sessionId={sessionId}
              description={description}
              filters={view.filters}
            />
            {description.totalBytes !== null && (
              <>
                {' · '}
                <Bytes value={description.totalBytes} />
              </>
            )}
          </>
        }
      >
        <Button onClick={onReload}>Reload</Button>
        <CopyMenu
          disabled={cursor === null}
          onCopy={(format) => cursor !== null && copy(selectedRange(cursor), format)}
        />
        <ColumnChooser columns={columns} />
        <Button
          renderRoot={(props) => (
            <Link
              {...props}
              to="/s/$sessionId/object/$kind/$oid"
              params={{ sessionId, kind: description.kind, oid: description.oid }}
            />
          )}
        >
          Structure
        </Button>
        <Button aria-pressed={isInspecting} onClick={() => setInspecting(!isInspecting)}>
          Inspector
        </Button>
      </PageHead>
      <FilterBar
        columns={description.columns}
        keyColumns={description.key}
        filters={view.filters}
        sort={view.sort}
        edited={edited}
        onEdit={setEdited}
        onFilters={view.setFilters}
        onSort={view.setSort}
      />
      <div className="browse-body">
        {tree}
        <div className="browse-rows">
          {snapshot.error !== null && snapshot.ready && (
            <ErrorState variant="line" error={snapshot.error} onRetry={rows.retry} />
          )}
          {snapshot.error !== null && !snapshot.ready ? (
            <ErrorState
              error={snapshot.error}
              onRetry={rows.retry}
              action={isFiltered && <Button onClick={() => view.setFilters([])}>Remove the filters</Button>}
            />
          ) : (
            <DataGrid
              key={description.oid}
              label={`Rows of ${description.name}`}
              columns={columns}
              rows={rows}
              sort={view.sort}
              onSort={(name, additive) => view.setSort(nextSort(view.sort, name, additive))}
              cursor={cursor}
              onCursor={setCursor}
              onOpen={() => setInspecting(true)}
              onFollow={follow}
              onCopy={() => cursor !== null && copy(selectedRange(cursor), 'TSV')}
              columnActions={{ onFilter: (column) => setEdited({ column }) }}
              empty={
                isFiltered ? (
                  <EmptyState
                    title="No row matches the filters."
                    action={<Button onClick={() => view.setFilters([])}>Remove the filters</Button>}
                  />
                ) : (
                  <EmptyState title={`${description.name} has no rows.`} />
                )
              }
            />
          )}
        </div>
        {isInspecting && (
          <Inspector
            sessionId={sessionId}
            description={description}
            cell={focused === null ? null : { row: focused.row, column: focused.placed.index }}
            open={view.open}
            onColumn={(index) => {
              const column = columns.visible.findIndex((placed) => placed.index === index)
              if (cursor === null) return
              if (column === -1) columns.hide(index, false)
              else setCursor({ ...cursor, focus: { ...cursor.focus, column } })
            }}
            onFilter={(filter) => view.setFilters([...view.filters, filter])}
            onClose={() => setInspecting(false)}
          />
        )}
      </div>
      <RowsStatus description={description} snapshot={snapshot} rows={rows} />
    </>
  )
}
