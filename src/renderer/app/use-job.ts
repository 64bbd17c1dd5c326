import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'
import { asConsoleError } from './console-error.ts'
import { notifyFailure } from './notify.ts'
import { queryClient, type rpc, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'

/** As it comes over the wire. */
type JobState = Awaited<ReturnType<typeof rpc.jobs.get.query>>

export type Job<Result> = {
  /** The newest of its kind in this session, whoever started it and whichever screen was open then. */
  state: JobState | null
  isRunning: boolean
  /** Of a job that is done and was not put aside. */
  result: Result | null
  /** Why it did not begin, or how it ended. */
  error: ConsoleError | null
  start: (begin: () => Promise<JobState>) => void
  cancel: () => void
  /** Puts an ended job out of sight. */
  dismiss: () => void
}

type JobOptions<Result> = {
  kind: JobState['kind']
  result: z.ZodType<Result>
  /** Look for one that began elsewhere: in another tab of this session. */
  watch: boolean
  onEnd: () => void
}

const dismissedKey = ['dismissed-jobs']

const failure = ({ error }: JobState): ConsoleError | null =>
  error === null ? null : ConsoleError.fromShape(error)

/** One kind of long work of the session: begins it, follows it, and finds it again when the screen was left meanwhile. */
export const useJob = <Result>({ kind, result, watch, onEnd }: JobOptions<Result>): Job<Result> => {
  const { sessionId } = useSession()
  const listed = useQuery(
    trpc.jobs.list.queryOptions({ sessionId }, { staleTime: 0, refetchInterval: watch ? 2000 : false }),
  )
  const dismissed = useQuery({
    queryKey: dismissedKey,
    queryFn: (): string[] => [],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  const begin = useMutation({
    mutationFn: (work: () => Promise<JobState>) => work(),
    onSuccess: (state) => {
      queryClient.setQueryData(trpc.jobs.list.queryKey({ sessionId }), (jobs = []) => [state, ...jobs])
      if (state.status !== 'running') onEnd()
    },
  })
  const newest = listed.data?.find((job) => job.kind === kind) ?? null
  const followed = useQuery(
    trpc.jobs.get.queryOptions(
      { sessionId, jobId: newest?.id ?? '' },
      {
        enabled: newest !== null,
        staleTime: 0,
        refetchInterval: ({ state }) =>
          state.data?.status !== 'running' ? false : state.error === null ? 300 : 2000,
      },
    ),
  )
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions({ onError: notifyFailure }))

  const job = newest === null ? null : (followed.data ?? newest)
  // Of a session that is lost nobody knows how its jobs stand.
  const isRunning = job?.status === 'running' && followed.error === null
  const wasRunning = useRef(false)
  useEffect(() => {
    if (wasRunning.current && !isRunning) onEnd()
    wasRunning.current = isRunning
  }, [isRunning, onEnd])

  const isShown = job !== null && !(dismissed.data ?? []).includes(job.id)
  const parsed = isShown && job.status === 'done' ? result.safeParse(job.result) : null
  const ending = isShown ? (followed.error ?? failure(job)) : null
  const notBegun = begin.error
  return {
    state: isShown ? job : null,
    isRunning,
    result: parsed?.success === true ? parsed.data : null,
    error: notBegun === null && ending === null ? null : asConsoleError(notBegun ?? ending),
    start: (work) => begin.mutate(work),
    cancel: () => {
      if (job !== null) cancel.mutate({ sessionId, jobId: job.id })
    },
    dismiss: () => {
      begin.reset()
      if (job === null) return
      queryClient.setQueryData(dismissedKey, (ids: string[] = []) => [...ids, job.id])
    },
  }
}
