import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useSyncExternalStore } from 'react'
import type { OperationsRun, ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useOnBattery } from './use-battery.ts'

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

type ProbeRun = {
  run: OperationsRun | undefined
  error: unknown
  isAsking: boolean
  /** Between two polls: as the slowest of them may be asked, and seldom from a battery. */
  seconds: number
  ask: () => void
}

/** The newest reports of these probes: the live ones asked again and again, the others once and on request. */
export const useReports = (
  probes: readonly ProbeAbout[],
): { live: ProbeRun; others: ProbeRun; reports: ReadonlyMap<string, ProbeReport>; ask: () => void } => {
  const [liveIds, otherIds] = useMemo(() => {
    const ids = (isLive: boolean) =>
      probes.filter(({ cadence }) => (cadence === 'live') === isLive).map(({ id }) => id)
    return [ids(true), ids(false)]
  }, [probes])
  const live = useProbeRun(liveIds, { isLive: true })
  // Those who look want to see first what is so right now.
  const others = useProbeRun(liveIds.length > 0 && live.run === undefined ? [] : otherIds, { isLive: false })
  const reports = useMemo(
    () =>
      new Map(
        [...(live.run?.reports ?? []), ...(others.run?.reports ?? [])].map((report) => [report.id, report]),
      ),
    [live.run, others.run],
  )
  return {
    live,
    others,
    reports,
    ask() {
      live.ask()
      others.ask()
    },
  }
}

/**
 * Asks these probes together, and again when the slowest of them may be asked: a hidden window does not ask, and a server that is slow to
 * answer is asked less often.
 */
const useProbeRun = (ids: readonly string[], { isLive }: { isLive: boolean }): ProbeRun => {
  const { sessionId, status } = useSession()
  const [isPaused] = usePaused()
  const atLeast = useOnBattery() ? 30 : 5
  const secondsBetween = (run: OperationsRun | undefined): number =>
    Math.max(atLeast, ...(run?.reports ?? []).map(({ waitSeconds }) => waitSeconds))
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
          return 1000 * secondsBetween(state.data)
        },
        retry: false,
      },
    ),
  )
  return {
    run: data,
    error,
    isAsking: isFetching,
    seconds: secondsBetween(data),
    ask() {
      if (ids.length > 0) void refetch()
    },
  }
}
