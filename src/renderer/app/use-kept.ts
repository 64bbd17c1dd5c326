import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { z } from 'zod'
import { notifyFailure } from './notify.ts'
import { profileKey } from './profile-key.ts'
import { queryClient, rpc, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'

type Json = z.infer<ReturnType<typeof z.json>>

export type Kept<Value> = {
  kept: Value
  /** What an earlier run of the console had kept is here. */
  isRead: boolean
  change: (next: (before: Value) => Value) => void
}

/** What the screens keep of the connection, beside the other settings. What cannot be read any more begins anew. */
export const useKept = <Value extends Json>(
  area: string,
  schema: z.ZodType<Value>,
  empty: Value,
): Kept<Value> => {
  const { profileId } = useSession()
  const key = profileKey(area, profileId)
  const { data } = useQuery(
    trpc.preferences.get.queryOptions({ key }, { staleTime: Number.POSITIVE_INFINITY }),
  )
  const kept = useMemo(() => schema.safeParse(data).data ?? empty, [schema, data, empty])
  const change = useCallback(
    (next: (before: Value) => Value) => {
      const queryKey = trpc.preferences.get.queryKey({ key })
      const value = next(schema.safeParse(queryClient.getQueryData(queryKey)).data ?? empty)
      queryClient.setQueryData(queryKey, value)
      rpc.preferences.set.mutate({ key, value: value }).catch(notifyFailure)
    },
    [key, schema, empty],
  )
  return { kept, isRead: data !== undefined, change }
}
