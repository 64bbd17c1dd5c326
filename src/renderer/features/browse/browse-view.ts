import { useLocation, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { z } from 'zod'
import { type RowFilter, type RowSort, rowFilter, rowSort } from '../../../shared/rows.ts'

const browseState = z.object({ filters: z.array(rowFilter), sort: z.array(rowSort) })
type BrowseState = z.infer<typeof browseState>

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** How a relation is filtered and sorted. Not in the address: filter values may be personal data. */
    browse?: BrowseState
  }
}

const none: BrowseState = { filters: [], sort: [] }

export type BrowseView = BrowseState & {
  setFilters(filters: RowFilter[]): void
  setSort(sort: RowSort[]): void
  /** Shows a relation; back and forward lead between them. */
  open(relation: string, filters?: RowFilter[]): void
}

/** What the history entry of this moment says about filters and sort, and the ways to add another entry. */
export const useBrowseView = (sessionId: string, relation: string | undefined): BrowseView => {
  const navigate = useNavigate()
  const kept = useLocation({ select: ({ state }) => state.browse })
  const state = useMemo(() => browseState.safeParse(kept).data ?? none, [kept])
  const go = (oid: string | undefined, browse: BrowseState) =>
    void navigate({
      to: '/s/$sessionId/browse',
      params: { sessionId },
      search: { relation: oid },
      state: { browse },
    })
  return {
    ...state,
    setFilters: (filters) => go(relation, { ...state, filters }),
    setSort: (sort) => go(relation, { ...state, sort }),
    open: (oid, filters = []) => go(oid, { filters, sort: [] }),
  }
}

/** The sort after a click on a header: ascending, descending, none; `additive` keeps the other columns. */
export const nextSort = (sort: readonly RowSort[], column: string, additive: boolean): RowSort[] => {
  const current = sort.find((by) => by.column === column)
  const others = additive ? sort.filter((by) => by.column !== column) : []
  if (current === undefined) return [...others, { column, direction: 'asc' }]
  if (current.direction === 'desc') return others
  return additive
    ? sort.map((by) => (by === current ? { column, direction: 'desc' } : by))
    : [{ column, direction: 'desc' }]
}
