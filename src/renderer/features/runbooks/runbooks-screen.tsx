import './runbooks.css'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RunbookId, RunbookRun } from '../../../shared/runbooks.ts'
import { rpc, trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { wordOf } from '../../ui/verdict-tone.ts'
import { RunView } from './run-view.tsx'

/** Checklists: what is looked at each day, each week and around a rollout, asked at once, noted and signed. */
export const RunbooksScreen = () => {
  const { sessionId } = useSession()
  const list = useQuery(trpc.runbooks.list.queryOptions({ sessionId }))
  const [chosen, setChosen] = useState<RunbookId>('daily')
  const [runs, setRuns] = useState<Partial<Record<RunbookId, RunbookRun>>>({})
  const keep = (run: RunbookRun) => setRuns((known) => ({ ...known, [run.runbook]: run }))
  const begin = useMutation({
    mutationFn: (id: RunbookId) => rpc.runbooks.run.mutate({ sessionId, id }),
    onSuccess: keep,
  })
  const start = () => begin.mutate(chosen)
  useScreenCommands([{ id: 'run', title: 'Run this runbook', keys: 'r', run: start }])
  const about = list.data?.find(({ id }) => id === chosen)
  const run = runs[chosen]
  return (
    <>
      <PageHead title="Runbooks" facts={about?.about}>
        <Button variant={run === undefined ? 'filled' : 'default'} onClick={start} loading={begin.isPending}>
          {run === undefined ? 'Run' : 'Run again'}
        </Button>
      </PageHead>
      <nav className="runbook-tabs" aria-label="Runbooks">
        {list.data?.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            className="runbook-tab"
            aria-current={id === chosen ? 'page' : undefined}
            onClick={() => {
              begin.reset()
              setChosen(id)
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      {(list.error ?? begin.error) !== null && (
        <ErrorState
          variant="line"
          error={list.error ?? begin.error}
          onRetry={list.error === null ? start : list.refetch}
        />
      )}
      {begin.isPending ? (
        <SkeletonRows rows={12} label="Asking the server" />
      ) : run === undefined ? (
        <EmptyState title={`${about?.title ?? 'This runbook'} was not run in this session`}>
          {about?.steps.map(({ title }) => title).join(' · ')}
        </EmptyState>
      ) : (
        <RunView key={run.runId} run={run} onSigned={keep} />
      )}
      <StatusBar
        end={
          run === undefined ? undefined : (
            <>
              asked <Timestamp value={run.startedAt} format="relative" />
            </>
          )
        }
      >
        {run === undefined ? '' : `${run.title}: ${wordOf[run.verdict]}`}
      </StatusBar>
    </>
  )
}
