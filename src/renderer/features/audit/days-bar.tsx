import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { AuditDays } from '../../../shared/audit-days.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { Chip } from '../../ui/chip.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { OneLine } from '../../ui/one-line.tsx'
import { between } from '../../ui/period.ts'
import type { AuditView } from './use-audit-view.ts'

type Day = AuditDays['days'][number]

const dayName = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: '2-digit' })

/** Kinds of change that a chip names; the others stand in what hovering shows. */
const named = 2

const wordsOf = (counts: Day['counts']): string =>
  counts
    .map(
      ({ op, table, events }) => `${events.toLocaleString('en')} ${op}${table === null ? '' : ` ${table}`}`,
    )
    .join(', ')

/** What one person did, day by day, the newest first: each day leads to its events. */
export const DaysBar = ({ view, actor }: { view: AuditView; actor: string }) => {
  const { sessionId } = useSession()
  const { from, to } = view.period
  const { data, error, refetch } = useQuery(
    trpc.audit.days.queryOptions(
      {
        sessionId,
        from,
        to,
        filters: view.filters,
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
      { ...abortable, placeholderData: keepPreviousData },
    ),
  )
  if (error !== null) return <ErrorState variant="line" error={error} onRetry={() => void refetch()} />
  const { days, older } = data ?? { days: [], older: 0 }
  return (
    <section className="unusual" aria-label={`Days of ${actor}`}>
      {data !== undefined && days.length === 0 && `${actor} did nothing in this period that matches`}
      <OneLine>
        {days.map(({ from: start, to: end, events, counts }) => (
          <Chip
            key={start}
            label={dayName.format(new Date(start))}
            title={`${events.toLocaleString('en')} events: ${wordsOf(counts)}`}
            onClick={() => view.show({ period: between(start, end) })}
          >
            {wordsOf(counts.slice(0, named))}
            {counts.length > named && ` and ${counts.length - named} more`}
          </Chip>
        ))}
        {older > 0 && <span>{older.toLocaleString('en')} days before</span>}
      </OneLine>
    </section>
  )
}
