import { useEffect, useSyncExternalStore } from 'react'
import type { OperationsRun } from '../../../shared/operations.ts'
import { notifyFailure } from '../../app/notify.ts'
import { profileKey } from '../../app/profile-key.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { MetricsHistory, type Sample } from './metrics-history.ts'

const histories = new Map<string, MetricsHistory>()

const keyOf = (profileId: string): string => profileKey('operations/history', profileId)

const historyOf = (profileId: string): MetricsHistory => {
  const known = histories.get(profileId)
  if (known !== undefined) return known
  const made = new MetricsHistory()
  histories.set(profileId, made)
  rpc.preferences.get.query({ key: keyOf(profileId) }).then((value) => made.restore(value), notifyFailure)
  return made
}

/** What was measured of this connection's server, while a screen that measures was open; each run adds to it. */
export const useMetricsHistory = (run: OperationsRun | undefined): readonly Sample[] => {
  const { profileId } = useSession()
  const history = historyOf(profileId)
  useEffect(() => {
    const row = run?.reports.find(({ id }) => id === 'metrics')?.rows[0]
    if (run === undefined || row === undefined) return
    if (!history.add({ row, server: run.server })) return
    rpc.preferences.set
      .mutate({ key: keyOf(profileId), value: history.toKeep() })
      .catch((error: unknown) => notifyFailure(error))
  }, [history, profileId, run])
  return useSyncExternalStore(history.subscribe, history.samples)
}
