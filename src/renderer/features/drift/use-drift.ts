import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type DriftReport, type DriftWaiver, driftReport } from '../../../shared/migrations.ts'
import { notifyDone, notifyFailure } from '../../app/notify.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { type Job, useJob } from '../../app/use-job.ts'
import { useAskToWrite } from '../../app/write-access.tsx'
import { utcDay } from '../../ui/utc-day.ts'
import { withWaivers } from './drift-words.ts'

export type NewWaiver = {
  kind: string
  identity: string
  attribute: string | null
  reason: string
  until: string
}

export type Drift = {
  job: Job<DriftReport>
  /** What the last check found, with what was waived since. */
  report: DriftReport | null
  /** All that nobody took back, also those that have run out. */
  waivers: readonly DriftWaiver[]
  check: () => void
  isWaiving: boolean
  waive: (waiver: NewWaiver) => void
  unwaive: (id: string) => void
}

/** The drift check of this session: the last one that ran, wherever it was begun, and what was waived since. */
export const useDrift = (): Drift => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const onEnd = useCallback(() => void queryClient.invalidateQueries(trpc.migrations.status.pathFilter()), [])
  const job = useJob({ kind: 'drift', result: driftReport, watch: true, onEnd })
  const waivers = useQuery(
    trpc.migrations.waivers.queryOptions(
      { sessionId },
      { ...abortable, enabled: job.result !== null, staleTime: 0 },
    ),
  )
  const readAgain = () => void queryClient.invalidateQueries(trpc.migrations.waivers.pathFilter())

  const waiving = useMutation({
    mutationFn: async (waiver: NewWaiver) =>
      (await askToWrite()) ? rpc.migrations.waive.mutate({ sessionId, ...waiver }) : null,
    onSuccess: (waiver) => {
      if (waiver !== null) notifyDone(`Accepted until ${waiver.until}.`)
    },
    onError: notifyFailure,
    onSettled: readAgain,
  })
  const unwaiving = useMutation({
    mutationFn: async (id: string) => {
      if (await askToWrite()) await rpc.migrations.unwaive.mutate({ sessionId, id })
    },
    onError: notifyFailure,
    onSettled: readAgain,
  })
  return {
    job,
    report:
      job.result === null || waivers.data === undefined
        ? job.result
        : withWaivers(job.result, waivers.data, utcDay()),
    waivers: waivers.data ?? [],
    check: () => {
      job.dismiss()
      job.start(() => rpc.migrations.drift.mutate({ sessionId }))
    },
    isWaiving: waiving.isPending || unwaiving.isPending,
    waive: (waiver) => waiving.mutate(waiver),
    unwaive: (id) => unwaiving.mutate(id),
  }
}
