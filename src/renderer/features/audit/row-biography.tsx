import './row-biography.css'
import { useQuery } from '@tanstack/react-query'
import { noAuditFilters } from '../../../shared/audit.ts'
import type { BiographyEntry } from '../../../shared/row-biography.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { allTime } from '../../ui/period.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { Changes } from './changes.tsx'
import type { AuditView, HistoryOf } from './use-audit-view.ts'

const gaps: { [gap in NonNullable<BiographyEntry['gap']>]: string } = {
  changed: 'Before this, the row was changed and nothing recorded it: as it was left, and as it was found.',
  vanished: 'Before this, the row was taken away and nothing recorded it.',
  appeared: 'Before this, the row came to be, and nothing recorded that under this key.',
}

const Gap = ({ entry: { gap, left, found, isLarge } }: { entry: BiographyEntry }) =>
  gap === null ? null : (
    <div className="biography-gap">
      <p>
        <span className="dot" data-tone="crit" /> {gaps[gap]}
        {gap === 'changed' && isLarge && ' Its values are too large for this list.'}
      </p>
      {left !== null && <Changes before={left} after={found} />}
    </div>
  )

const Recording = ({ entry: { recording, offSince } }: { entry: BiographyEntry }) => {
  if (recording === 'ended') {
    return (
      <>
        <span className="dot" data-tone="crit" /> Recording of this table ended
      </>
    )
  }
  if (recording === 'ruled') return 'Recording went on by other rules'
  if (offSince === null) return 'Recording of this table began'
  return (
    <>
      <span className="dot" data-tone="crit" /> Recording began again; nothing was recorded since{' '}
      <Timestamp value={offSince} />
    </>
  )
}

const Entry = ({ entry, view }: { entry: BiographyEntry; view: AuditView }) => {
  const { op, at, actor, role, reason, transaction, before, after, isLarge, movedTo, command } = entry
  return (
    <li>
      <div className="biography-head">
        <Timestamp value={at} />
        <span className="op" data-op={op}>
          {op === 'NOTE' ? <Recording entry={entry} /> : (command ?? op)}
        </span>
        <span>
          {actor} <span className="dim">as {role}</span>
        </span>
        <span className="biography-reason">{reason ?? <span className="dim">no reason</span>}</span>
        <button
          type="button"
          className="link"
          onClick={() => view.show({ period: allTime, filters: { ...noAuditFilters, transaction } })}
        >
          transaction {transaction}
        </button>
      </div>
      {movedTo !== null && <p className="form-text">Its key was changed: the row goes on as {movedTo}.</p>}
      {isLarge && <p className="form-text">Too large for this list. Its event shows what it changed.</p>}
      {(before !== null || after !== null) && <Changes before={before} after={after} />}
      <Gap entry={entry} />
    </li>
  )
}

const gapsWords = (entries: readonly BiographyEntry[], older: number): string => {
  const found = entries.filter(({ gap, recording }) => gap !== null || recording === 'ended').length
  if (found > 0) return `${count(found, 'gap')} in what was recorded.`
  return older > 0 ? 'No gap in what is listed.' : 'No gap: each version follows from the one before.'
}

type RowBiographyProps = { of: HistoryOf; view: AuditView }

/** The versions of one row below each other, the newest first: what each changed, and what nothing recorded between them. */
export const RowBiography = ({ of, view }: RowBiographyProps) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.audit.biography.queryOptions({ sessionId, ...of }, { ...abortable, staleTime: 0 }),
  )
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows label="Reading the history" />
  const { entries, older, masked } = data
  if (entries.length === 0) {
    return <EmptyState title="No versions">Nothing was recorded of this row.</EmptyState>
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
    <section className="biography" aria-label={`Versions of ${of.table} ${of.row}`} tabIndex={0}>
      <p className="form-text">
        {gapsWords(entries, older)}
        {masked.length > 0 && ` Compared as they are shown, masked: ${masked.join(', ')}.`} Whether the row is
        still as it was recorded last is what <em>Check recording</em> finds out.
      </p>
      <ol>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} view={view} />
        ))}
      </ol>
      {older > 0 && <p className="form-text">{older.toLocaleString('en')} older: the events list them.</p>}
    </section>
  )
}
