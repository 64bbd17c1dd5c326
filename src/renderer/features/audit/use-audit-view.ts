import { useLocation, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { type AuditFilters, auditFilters, noAuditFilters } from '../../../shared/audit.ts'
import { useSession } from '../../app/session-context.tsx'
import { lastPeriod, period, periods } from './period.ts'

const auditState = z.object({ period, filters: auditFilters })
export type AuditState = z.infer<typeof auditState>

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** What of the audit log is shown. Not in the address: names of people and keys of rows are personal data. */
    audit?: AuditState
  }
}

export type AuditView = AuditState & {
  show(state: Partial<AuditState>): void
  setFilters(filters: Partial<AuditFilters>): void
}

/** What the history entry of this moment says of the audit log, and the ways to add another entry. */
export const useAuditView = (): AuditView => {
  const { sessionId } = useSession()
  const navigate = useNavigate()
  const kept = useLocation({ select: ({ state }) => state.audit })
  const [initial] = useState((): AuditState => ({ period: lastPeriod(periods[2]), filters: noAuditFilters }))
  const state = useMemo(() => auditState.safeParse(kept).data ?? initial, [kept, initial])
  const show = (changes: Partial<AuditState>) =>
    void navigate({
      to: '/s/$sessionId/audit',
      params: { sessionId },
      state: { audit: { ...state, ...changes } },
    })
  return {
    ...state,
    show,
    setFilters: (filters) => show({ filters: { ...state.filters, ...filters } }),
  }
}
