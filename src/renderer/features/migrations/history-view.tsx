import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MigrationRun } from '../../../shared/migrations.ts'
import { trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChoiceList } from '../../ui/choices/choice-list.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { outcomeTone, outcomeWords, tookWords } from './migration-words.ts'

const Line = ({ run }: { run: MigrationRun }) => (
  <span className="run-line">
    <span className="dot" data-tone={outcomeTone(run)} />
    <span className="migration-name">{run.name}</span>
    <span>{outcomeWords(run)}</span>
    <span className="migration-dim">
      <Timestamp value={run.startedAt} />
      {tookWords(run)}
    </span>
    <span className="migration-dim">{run.actor}</span>
    <span className="migration-dim run-reason">{run.failure ?? run.reason}</span>
  </span>
)

const RunDetail = ({ run }: { run: MigrationRun }) => {
  const facts: [string, string][] = [
    ['logged in as', run.actor],
    ['ran as', run.actingRole],
    ['claimed by the client', run.claimedBy],
    ['reason', run.reason],
    ['statements', `${run.statementsDone} of ${run.statements} kept`],
    ['checksum', run.checksum],
    ['written by', `Viruj Console ${run.toolVersion}`],
  ]
  return (
    <section className="run-detail" aria-label="Chosen run">
      <h2>
        {run.name} <span className="migration-dim">{outcomeWords(run)}</span>
      </h2>
      {run.failure !== null && <p className="migration-failure">{run.failure}</p>}
      <dl className="migration-facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className={label === 'checksum' ? 'data' : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** Every run of every migration, the last one first: nothing is ever taken out of it. */
export const HistoryView = () => {
  const { sessionId } = useSession()
  const [chosen, setChosen] = useState<string | null>(null)
  const history = useQuery(
    trpc.migrations.history.queryOptions({ sessionId }, { staleTime: 0, refetchOnMount: 'always' }),
  )
  if (history.data === undefined) {
    return history.error === null ? (
      <SkeletonRows rows={14} label="Reading the history" />
    ) : (
      <ErrorState error={history.error} onRetry={() => void history.refetch()} />
    )
  }
  if (history.data.length === 0) {
    return (
      <EmptyState title="Nothing was run here yet.">
        Every run is kept here: up or down, by whom, when, how long, why, and how it ended.
      </EmptyState>
    )
  }
  const run = history.data.find(({ id }) => id === chosen) ?? history.data[0]
  return (
    <div className="history-body">
      <ChoiceList
        label="Runs, the last one first"
        choices={history.data.map((each) => ({ id: each.id, content: <Line run={each} /> }))}
        chosen={run?.id ?? null}
        onChoose={setChosen}
      />
      {run !== undefined && <RunDetail run={run} />}
    </div>
  )
}
