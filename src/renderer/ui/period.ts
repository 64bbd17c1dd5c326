import type { SavedAuditState } from '../../shared/audit-saved-filters.ts'

export type Period = SavedAuditState['period']

const hour = 3_600_000

export const periods = [
  { title: 'last 24 h', milliseconds: 24 * hour },
  { title: 'last 7 days', milliseconds: 7 * 24 * hour },
  { title: 'last 30 days', milliseconds: 30 * 24 * hour },
  { title: 'last 12 months', milliseconds: 365 * 24 * hour },
] as const

export const allTime: Period = { from: null, to: null, title: 'all time' }

/** The last stretch of such a length, counted from now. */
export const lastPeriod = ({ title, milliseconds }: (typeof periods)[number]): Period => ({
  from: new Date(Date.now() - milliseconds).toISOString(),
  to: null,
  title,
})

const words = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** `21 Nov 2026, 14:58` in the user's zone. */
export const momentWords = (iso: string): string => words.format(new Date(iso))

export const between = (from: string | null, to: string | null): Period => ({
  from,
  to,
  title: [from === null ? '' : `from ${momentWords(from)}`, to === null ? '' : `to ${momentWords(to)}`]
    .filter(Boolean)
    .join(' '),
})

/** For a `datetime-local` field: the moment in the user's zone without its offset. */
export const localInput = (iso: string | null): string => {
  if (iso === null) return ''
  const date = new Date(iso)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
