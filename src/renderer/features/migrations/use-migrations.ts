import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { type MigrationPlan, type MigrationsStatus, migrationsRunOutput } from '../../../shared/migrations.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { type Job, useJob } from '../../app/use-job.ts'
import { useAskToWrite } from '../../app/write-access.tsx'
import type { Approved } from './plan-form.tsx'
import type { RunResult } from './run-panel.tsx'

export type Wanted = { direction: 'up' | 'down' | 'redo'; to: string | null }

type Query<Data> = { data: Data | undefined; error: unknown; isFetching: boolean; refetch: () => void }

export type Migrations = {
  status: Query<MigrationsStatus>
  /** What the person asked to see; null: nothing is planned. */
  wanted: Wanted | null
  plan: Query<MigrationPlan>
  /** The run that is under way, or ended last and was not put aside. */
  run: Job<RunResult>
  baseline: Job<RunResult>
  want: (wanted: Wanted | null) => void
  apply: (plan: MigrationPlan, to: string | null, approved: Approved) => void
  begin: (input: { to: string; reason: string }) => void
}

/** Whatever a run may have changed is read again. */
const readAgain = () => {
  void queryClient.invalidateQueries(trpc.migrations.pathFilter())
  void queryClient.invalidateQueries(trpc.catalog.pathFilter())
}

/** State of the migrations of this session's database, and what can be done with them. */
export const useMigrations = (): Migrations => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const onEnd = useCallback(() => {
    setWanted(null)
    readAgain()
  }, [])
  const run = useJob({ kind: 'migrate', result: migrationsRunOutput, watch: true, onEnd })
  const baseline = useJob({ kind: 'baseline', result: migrationsRunOutput, watch: false, onEnd })
  // The list moves on with a run, also with one of another console: while somebody holds the lock, the screen looks again.
  const status = useQuery(
    trpc.migrations.status.queryOptions(
      { sessionId },
      {
        ...abortable,
        staleTime: 0,
        refetchInterval: ({ state }) => (run.isRunning || state.data?.lockedBy != null ? 1000 : 15_000),
      },
    ),
  )
  const plan = useQuery(
    trpc.migrations.plan.queryOptions(
      { sessionId, ...(wanted ?? { direction: 'up', to: null }) },
      { ...abortable, enabled: wanted !== null, staleTime: 0, gcTime: 0 },
    ),
  )

  const apply: Migrations['apply'] = async (planned, to, approved) => {
    if (!(await askToWrite())) return
    run.start(() =>
      rpc.migrations.run.mutate({
        sessionId,
        direction: planned.direction,
        to,
        checksums: planned.migrations.map(({ checksum }) => checksum),
        ...approved,
      }),
    )
  }
  const begin: Migrations['begin'] = async (input) => {
    if (!(await askToWrite())) return
    baseline.start(() => rpc.migrations.baseline.mutate({ sessionId, ...input }))
  }
  return {
    status: { ...status, refetch: () => void status.refetch() },
    wanted,
    plan: { ...plan, data: wanted === null ? undefined : plan.data, refetch: () => void plan.refetch() },
    run,
    baseline,
    want: (next) => {
      run.dismiss()
      setWanted(next)
    },
    apply,
    begin,
  }
}
