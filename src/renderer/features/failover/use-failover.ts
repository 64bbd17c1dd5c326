import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HostAndPort } from '../../../shared/profiles.ts'
import { rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'

type Named = { others: HostAndPort[]; password: string | null }

const nobody: Named = { others: [], password: null }

/** Every server as it is now, asked when the screen opens and again on demand; and the failover of this session, as far as it is. */
export const useFailover = () => {
  const { sessionId } = useSession()
  const [named, setNamed] = useState(nobody)
  const assessment = useQuery({
    // Whoever is asked stands in the key, the password for them does not.
    queryKey: ['failover-assess', sessionId, named.others],
    queryFn: ({ signal }) => rpc.failover.assess.mutate({ sessionId, ...named }, { signal }),
    staleTime: 0,
    retry: false,
  })
  const state = useQuery(
    trpc.failover.state.queryOptions(
      { sessionId },
      {
        staleTime: 0,
        refetchInterval: ({ state: { data } }) =>
          data != null && (data.stage === 'promoting' || data.isChecking) ? 300 : false,
      },
    ),
  )
  return { named, setNamed, assessment, state }
}
