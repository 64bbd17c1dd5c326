import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { RelationDescription, RowFilter, RowSort } from '../../../shared/rows.ts'
import { useSession } from '../../app/session-context.tsx'
import type { GridCursor } from './grid-cursor.ts'
import { measuredWidths } from './measured-widths.ts'
import { createRelationRows } from './relation-rows.ts'
import type { RowSource, RowsSnapshot } from './row-source.ts'

/**
 * The rows of a relation in a view, read from its first row on. Another view is another source; leaving it stops its reading. Where the same
 * view is read again (`filters` is another array of the same), what was read before stays until the first page is there.
 */
export const useRelationRows = (
  description: RelationDescription,
  filters: RowFilter[],
  sort: RowSort[],
): { rows: RowSource; snapshot: RowsSnapshot } => {
  const { sessionId } = useSession()
  const rows = useMemo(
    () => createRelationRows({ sessionId, description, filters, sort }),
    [sessionId, description, filters, sort],
  )
  useEffect(() => {
    rows.start()
    return () => rows.stop()
  }, [rows])
  const { ready, error } = useSyncExternalStore(rows.subscribe, rows.snapshot)
  const view = JSON.stringify([sessionId, description.oid, filters, sort])
  const [before, setBefore] = useState({ view, rows })
  const isBefore = before.view === view && !ready && error === null
  if (!isBefore && before.rows !== rows) setBefore({ view, rows })
  const shown = isBefore ? before.rows : rows
  return { rows: shown, snapshot: useSyncExternalStore(shown.subscribe, shown.snapshot) }
}

/** The cursor of a grid, gone when its rows are others. */
export const useGridCursor = (rows: RowSource): [GridCursor | null, (cursor: GridCursor | null) => void] => {
  const [state, setState] = useState<{ rows: RowSource; cursor: GridCursor | null }>({ rows, cursor: null })
  return [state.rows === rows ? state.cursor : null, (cursor) => setState({ rows, cursor })]
}

/** Widths that fit the first rows that were read; kept when other rows follow, so that columns stand still. */
export const useMeasuredWidths = (
  { columns }: RelationDescription,
  rows: RowSource,
  { ready, start, end }: RowsSnapshot,
): number[] | null => {
  const [widths, setWidths] = useState<number[] | null>(null)
  if (widths === null && ready && end > start) setWidths(measuredWidths(columns, rows))
  return widths
}
