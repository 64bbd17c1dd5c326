import './migrations.css'
import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { MigrationsStatus } from '../../../shared/migrations.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { BaselineForm } from './baseline-form.tsx'
import { HistoryView } from './history-view.tsx'
import { isInDatabase, shortSum } from './migration-words.ts'
import { MigrationsBody } from './migrations-body.tsx'
import { type Migrations, useMigrations } from './use-migrations.ts'

const factsOf = ({ current, migrations, problems, runsAs, initialised }: MigrationsStatus): string => {
  const pending = migrations.filter(({ state }) => state === 'pending').length
  return [
    initialised ? `at ${current ?? 'no version'}` : 'no history yet',
    `${pending} pending`,
    ...(problems.length > 0
      ? [count(problems.length, 'problem', 'problems')]
      : initialised
        ? ['checksums match']
        : []),
    `runs as ${runsAs}`,
  ].join(' · ')
}

const shownProblems = 3

/** Each stands with its migration, too. */
const problemWords = ({ problems }: MigrationsStatus): string => {
  const rest = problems.length - shownProblems
  return [...problems.slice(0, shownProblems), ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ')
}

const lockWords = ({ lockedBy }: MigrationsStatus): string =>
  lockedBy === null
    ? 'migration lock free'
    : `migration lock held by ${lockedBy.user ?? 'somebody'}${lockedBy.application === null ? '' : ` (${lockedBy.application})`}, backend ${lockedBy.pid}${lockedBy.seconds === null ? '' : `, for ${Math.round(lockedBy.seconds)} s`}`

type ReadyProps = { status: MigrationsStatus; migrations: Migrations }

const Ready = ({ status, migrations }: ReadyProps) => {
  const { sessionId } = useSession()
  const navigate = useNavigate()
  const { view } = useSearch({ from: '/s/$sessionId/migrations' })
  const [isBaseline, setBaseline] = useState(false)
  const { run, wanted, want } = migrations
  const pending = status.migrations.filter(({ state }) => state === 'pending' || state === 'half-done')
  const last = status.migrations.findLast(isInDatabase)
  const isBusy = run.isRunning || migrations.baseline.isRunning
  const maySee = !isBusy && wanted === null && view !== 'history'
  const plan = (direction: 'up' | 'down' | 'redo') => {
    setBaseline(false)
    want({ direction, to: null })
  }
  const show = (next: 'history' | undefined) =>
    void navigate({
      to: '/s/$sessionId/migrations',
      params: { sessionId },
      search: next === undefined ? {} : { view: next },
    })
  const mayRollBack = maySee && last?.hasDown === true
  useScreenCommands([
    ...(maySee && pending.length > 0
      ? [{ id: 'plan-up', title: `Plan ${pending.length} pending`, keys: 'p', run: () => plan('up') }]
      : []),
    ...(mayRollBack
      ? [
          { id: 'plan-down', title: `Plan to roll back ${last.version}`, keys: 'r', run: () => plan('down') },
          { id: 'plan-redo', title: `Plan to redo ${last.version}`, run: () => plan('redo') },
        ]
      : []),
    view === 'history'
      ? { id: 'migrations-list', title: 'Show the migrations', keys: 'h', run: () => show(undefined) }
      : {
          id: 'migrations-history',
          title: 'Show the history of runs',
          keys: 'h',
          run: () => show('history'),
        },
    {
      id: 'check-drift',
      title: 'Check for drift',
      keys: 'v',
      run: () => void navigate({ to: '/s/$sessionId/drift', params: { sessionId } }),
    },
  ])

  return (
    <>
      <PageHead title="Migrations" facts={factsOf(status)}>
        <Button
          onClick={() => show(view === 'history' ? undefined : 'history')}
          aria-pressed={view === 'history'}
        >
          History
        </Button>
        <Button renderRoot={(props) => <Link {...props} to="/s/$sessionId/drift" params={{ sessionId }} />}>
          Check drift
        </Button>
        {!status.initialised && maySee && status.refusal === null && (
          <Button onClick={() => setBaseline(true)}>Baseline</Button>
        )}
        {mayRollBack && <Button onClick={() => plan('down')}>Roll back {last.version}</Button>}
        {maySee && pending.length > 0 && (
          <Button variant="filled" onClick={() => plan('up')}>
            Plan {pending.length} pending
          </Button>
        )}
      </PageHead>
      {status.problems.length > 0 && (
        <div className="error-line" role="alert" data-tone="crit">
          <p className="state-title">Nothing is applied while the folder and the history disagree.</p>
          <p className="state-text">{problemWords(status)}</p>
        </div>
      )}
      {migrations.status.error !== null && (
        <ErrorState variant="line" error={migrations.status.error} onRetry={migrations.status.refetch} />
      )}
      {view === 'history' ? (
        <HistoryView />
      ) : status.migrations.length === 0 ? (
        <EmptyState title="The folder holds no migrations.">
          {status.folder} has no file such as 0001_name.up.sql. Which folder is read stands in the connection.
        </EmptyState>
      ) : (
        <MigrationsBody
          status={status}
          migrations={migrations}
          instead={
            isBaseline && !isBusy ? (
              <BaselineForm
                migrations={status.migrations}
                isStarting={migrations.baseline.isRunning}
                onBegin={(input) => {
                  setBaseline(false)
                  migrations.begin(input)
                }}
                onCancel={() => setBaseline(false)}
              />
            ) : null
          }
        />
      )}
      <StatusBar
        end={
          <span title={`${status.directorySum} over ${status.folder}`}>
            sum {shortSum(status.directorySum)} over{' '}
            {count(status.migrations.length, 'migration', 'migrations')}
          </span>
        }
      >
        <span className={status.lockedBy === null ? undefined : 'migration-locked'}>{lockWords(status)}</span>
      </StatusBar>
    </>
  )
}

/** The migrations of the database: what was run, what is to come, and the way from one to the other. */
export const MigrationsScreen = () => {
  const migrations = useMigrations()
  const { status } = migrations
  if (status.data !== undefined) return <Ready status={status.data} migrations={migrations} />
  return (
    <>
      <PageHead title="Migrations" />
      {status.error === null ? (
        <SkeletonRows rows={18} label="Reading files and history" />
      ) : (
        <ErrorState error={status.error} onRetry={status.refetch} />
      )}
      <StatusBar>{''}</StatusBar>
    </>
  )
}
