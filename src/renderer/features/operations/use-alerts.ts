import { useQuery } from '@tanstack/react-query'
import { notifyFailure } from '../../app/notify.ts'
import { profileKey } from '../../app/profile-key.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { type Alerts, alerts, noAlerts } from './alerts.ts'

/** What is watched on this connection and what happened, kept beside the other settings of the screens. */
export const useAlerts = (): {
  kept: Alerts
  isRead: boolean
  change: (next: (before: Alerts) => Alerts) => void
} => {
  const { profileId } = useSession()
  const key = profileKey('operations/alerts', profileId)
  const options = trpc.preferences.get.queryOptions({ key }, { staleTime: Number.POSITIVE_INFINITY })
  const { data } = useQuery(options)
  const parse = (value: unknown): Alerts => alerts.safeParse(value).data ?? noAlerts
  return {
    kept: parse(data),
    isRead: data !== undefined,
    change(next) {
      const value = next(parse(queryClient.getQueryData(options.queryKey)))
      queryClient.setQueryData(options.queryKey, value)
      rpc.preferences.set.mutate({ key, value }).catch(notifyFailure)
    },
  }
}
