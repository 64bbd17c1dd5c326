import { useLocation, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { type AuditFilters, noAuditFilters } from '../../../shared/audit.ts'
import { savedAuditState } from '../../../shared/audit-saved-filters.ts'
import { useSession } from '../../app/session-context.tsx'
import { lastPeriod, periods } from '../../ui/period.ts'

/** `list`: how the history of one row is shown, as its versions or as any events. */
const auditState = savedAuditState.extend({ list: z.enum(['versions', 'events']) })
export type AuditState = z.infer<typeof auditState>

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What of the audit log is shown. Not in the address: names of people and keys of rows are personal data. */
    audit?: AuditState
  }
}

/** The row whose whole history is asked for, and nothing else. */
export type HistoryOf = { schema: string; table: string; row: string }

export type AuditView = AuditState & {
  historyOf: HistoryOf | null
  show(state: Partial<AuditState>): void
  setFilters(filters: Partial<AuditFilters>): void
}

const historyOf = ({ period: { from, to }, filters }: AuditState): HistoryOf | null => {
  const { row } = filters
  const [table] = filters.tables
  if (from !== null || to !== null || row === null || table === undefined) return null
  const { tables } = filters
  const isAll = JSON.stringify(filters) === JSON.stringify({ ...noAuditFilters, tables, row })
  return isAll && tables.length === 1 ? { ...table, row } : null
}

/** What the history entry of this moment says of the audit log, and the ways to add another entry. */
export const useAuditView = (): AuditView => {
  const { sessionId } = useSession()
  const navigate = useNavigate()
  const kept = useLocation({ select: ({ state }) => state.audit })
  const [initial] = useState(
    (): AuditState => ({
      period: lastPeriod(periods[2]),
      filters: noAuditFilters,
      list: 'versions',
    }),
  )
  const state = useMemo(() => auditState.safeParse(kept).data ?? initial, [kept, initial])
  const show = (changes: Partial<AuditState>) =>
    void navigate({
      to: '/s/$sessionId/audit',
      params: { sessionId },
      state: { audit: { ...state, ...changes } },
    })
  return {
    ...state,
    historyOf: historyOf(state),
    show,
    setFilters: (filters) => show({ filters: { ...state.filters, ...filters } }),
  }
}
