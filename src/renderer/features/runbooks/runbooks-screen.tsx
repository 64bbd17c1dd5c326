import './runbooks.css'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Checklist, checklists, type RunbookId, type RunbookRun } from '../../../shared/runbooks.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { wordOf } from '../../ui/verdict-tone.ts'
import { PastRuns } from './past-runs.tsx'
import { RunView } from './run-view.tsx'

/** Where the runbooks that ask no probes are gone through. */
const screens = {
  failover: '/s/$sessionId/operations/failover',
  rotation: '/s/$sessionId/operations/rotation',
} as const satisfies Record<Exclude<RunbookId, Checklist>, string>

/** Checklists: what is looked at each day, each week and around a rollout; the runs of each, kept, gone on with and signed. */
export const RunbooksScreen = () => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [chosen, setChosen] = useState<RunbookId>('daily')
  const [opened, setOpened] = useState<string | null>(null)
  const list = useQuery(trpc.runbooks.list.queryOptions({ sessionId }))
  const runs = useQuery(trpc.runbooks.runs.queryOptions({ sessionId, id: chosen }, { staleTime: 0 }))
  const one = useQuery(
    trpc.runbooks.get.queryOptions(
      { sessionId, runId: opened ?? '' },
      { enabled: opened !== null, staleTime: 0 },
    ),
  )
  const keep = (run: RunbookRun) => {
    queryClient.setQueryData(trpc.runbooks.get.queryKey({ sessionId, runId: run.runId }), run)
    void queryClient.invalidateQueries(trpc.runbooks.runs.pathFilter())
  }
  const begin = useMutation({
    mutationFn: (id: Checklist) => rpc.runbooks.run.mutate({ sessionId, id }),
    onSuccess: (run) => {
      keep(run)
      setOpened(run.runId)
    },
  })
  const navigate = useNavigate()
  const checklist = checklists.find((id) => id === chosen)
  const ownScreen = chosen === 'failover' || chosen === 'rotation' ? screens[chosen] : null
  const start = async () => {
    if (checklist !== undefined) {
      // Who does not type the name looks all the same; the run goes with the session then.
      if (writes === 'confirm') await askToWrite()
      begin.mutate(checklist)
    } else if (ownScreen !== null) void navigate({ to: ownScreen, params: { sessionId } })
  }
  useScreenCommands([{ id: 'run', title: 'Run this runbook', keys: 'r', run: () => void start() }])
  const about = list.data?.find(({ id }) => id === chosen)
  const run = opened === null ? undefined : one.data
  const error = list.error ?? begin.error ?? (opened === null ? runs.error : one.error)
  const again = () => {
    if (list.error !== null) void list.refetch()
    else if (begin.error !== null) void start()
    else void (opened === null ? runs : one).refetch()
  }
  return (
    <>
      <PageHead title="Runbooks" facts={about?.about}>
        {opened !== null && <Button onClick={() => setOpened(null)}>All runs</Button>}
        {ownScreen !== null ? (
          <Button
            variant={opened === null ? 'filled' : 'default'}
            renderRoot={(props) => <Link {...props} to={ownScreen} params={{ sessionId }} />}
          >
            Go to {about?.title}
          </Button>
        ) : (
          <Button
            variant={opened === null ? 'filled' : 'default'}
            onClick={() => void start()}
            loading={begin.isPending}
          >
            {opened === null ? 'Run' : 'Run again'}
          </Button>
        )}
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
              setOpened(null)
              setChosen(id)
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      {error !== null && <ErrorState variant="line" error={error} onRetry={again} />}
      {runs.data?.keeping.isKept === false && opened === null && (
        <p className="runbook-keeping" role="status">
          <span className="dot" data-tone="warn" />
          {runs.data.keeping.text}
        </p>
      )}
      {begin.isPending || (opened === null ? runs : one).isLoading ? (
        <SkeletonRows rows={12} label={begin.isPending ? 'Asking the server' : 'Reading runs'} />
      ) : run !== undefined ? (
        <RunView key={run.runId} run={run} onChange={keep} onReload={() => void one.refetch()} />
      ) : runs.data !== undefined && runs.data.runs.length > 0 ? (
        <PastRuns runs={runs.data.runs} onOpen={setOpened} />
      ) : (
        <EmptyState title={`${about?.title ?? 'This runbook'} was not run yet`}>
          {about?.steps.map(({ title }) => title).join(' · ')}
        </EmptyState>
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
        {run !== undefined
          ? `${run.title}: ${wordOf[run.verdict]}`
          : count(runs.data?.runs.length ?? 0, 'run')}
      </StatusBar>
    </>
  )
}
