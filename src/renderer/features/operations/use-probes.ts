import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { OperationsRun, ProbeAbout } from '../../../shared/operations.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'

/** All that can be asked, with the thresholds that hold for this connection. */
export const useProbeList = (): { probes: readonly ProbeAbout[]; error: unknown; retry: () => void } => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.operations.list.queryOptions({ sessionId }, { ...abortable, staleTime: 60_000 }),
  )
  return { probes: data ?? [], error, retry: () => void refetch() }
}

let paused = false
const listeners = new Set<() => void>()

/** Whether the screens of Operations ask again by themselves. Theirs, not the session's: it holds until the window closes. */
export const usePaused = (): [boolean, (value: boolean) => void] => {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => paused,
  )
  return [
    value,
    (next) => {
      paused = next
      for (const listener of listeners) listener()
    },
  ]
}

export type ProbeRun = {
  run: OperationsRun | undefined
  error: unknown
  isAsking: boolean
  ask: () => void
}

/**
 * Asks these probes together, and again when the slowest of them may be asked: a hidden window does not ask, and a server that is slow to
 * answer is asked less often.
 */
export const useProbeRun = (ids: readonly string[], { isLive }: { isLive: boolean }): ProbeRun => {
  const { sessionId, status } = useSession()
  const [isPaused] = usePaused()
  const { data, error, isFetching, refetch } = useQuery(
    trpc.operations.run.queryOptions(
      { sessionId, ids: [...ids] },
      {
        ...abortable,
        enabled: ids.length > 0 && status === 'connected',
        // What was seen a moment ago is shown at once, and asked anew.
        staleTime: 2000,
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => {
          if (!isLive || isPaused) return false
          return 1000 * Math.max(5, ...(state.data?.reports ?? []).map(({ waitSeconds }) => waitSeconds))
        },
        retry: false,
      },
    ),
  )
  return { run: data, error, isAsking: isFetching, ask: () => void refetch() }
}
