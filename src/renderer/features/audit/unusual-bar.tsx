import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type AuditFilters, changeOps, noAuditFilters } from '../../../shared/audit.ts'
import { asConsoleError } from '../../app/console-error.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { OneLine } from '../../ui/one-line.tsx'
import { usualHours } from './hours.ts'
import type { AuditView } from './use-audit-view.ts'

/** Rows of one table that one transaction deletes, from which on a reviewer should look. */
const bulk = 100

/** What stands out in the period, whatever else is filtered: each figure leads to its events. */
export const UnusualBar = ({ view }: { view: AuditView }) => {
  const { sessionId } = useSession()
  const { from, to } = view.period
  const hours = view.filters.outsideHours ?? usualHours()
  const { data, error, refetch } = useQuery(
    trpc.audit.unusual.queryOptions(
      { sessionId, from, to, bulk, hours },
      { ...abortable, placeholderData: keepPreviousData },
    ),
  )
  if (error !== null && asConsoleError(error).code === 'STATEMENT_TIMEOUT') {
    return (
      <section className="unusual" aria-label="Unusual activity">
        What is unusual was not found within 10 s: choose a shorter period
      </section>
    )
  }
  if (error !== null) return <ErrorState variant="line" error={error} onRetry={() => void refetch()} />
  if (data === undefined) {
    return (
      <section className="unusual" aria-label="Unusual activity">
        Looking for what is unusual
      </section>
    )
  }
  const changes: Partial<AuditFilters> = { ops: [...changeOps] }
  const lines: { key: string; words: string; tone: Tone; filters: Partial<AuditFilters> }[] = [
    ...data.bulkDeletes.map(({ transaction, schema, table, rows }) => ({
      key: `deleted ${transaction} ${schema} ${table}`,
      words: `${count(rows, 'row')} of ${table} deleted at once`,
      tone: 'crit' as const,
      filters: { transaction, tables: [{ schema, table }], ops: ['DELETE' as const] },
    })),
    ...(data.newActors.length === 0
      ? []
      : [
          {
            key: 'new',
            words:
              data.newActors.length === 1
                ? `first seen: ${data.newActors[0]}`
                : `${data.newActors.length === 10 ? '10 or more' : data.newActors.length} people first seen`,
            tone: 'warn' as const,
            filters: { actors: data.newActors },
          },
        ]),
    {
      key: 'ddl',
      words: `${count(data.ddl, 'change')} of the schema`,
      tone: 'warn',
      filters: { ops: ['DDL'] },
    },
    {
      key: 'console',
      words: `${count(data.withoutConsole, 'change')} not by the console`,
      tone: 'neutral',
      filters: { ...changes, withoutConsole: true },
    },
    {
      key: 'hours',
      words: `${data.outsideHours.toLocaleString('en')} outside working hours`,
      tone: 'neutral',
      filters: { ...changes, outsideHours: hours },
    },
    {
      key: 'reason',
      words: `${data.withoutReason.toLocaleString('en')} without a reason`,
      tone: 'neutral',
      filters: { ...changes, withoutReason: true },
    },
  ]
  const shown = lines.filter(({ words }) => !words.startsWith('0 '))
  return (
    <section className="unusual" aria-label="Unusual activity">
      {shown.length === 0 && 'Nothing unusual in this period'}
      <OneLine>
        {shown.map(({ key, words, tone, filters }) => (
          <Chip
            key={key}
            {...(tone === 'neutral' ? {} : { dot: tone })}
            onClick={() => view.show({ filters: { ...noAuditFilters, ...filters } })}
          >
            {words}
          </Chip>
        ))}
      </OneLine>
    </section>
  )
}
