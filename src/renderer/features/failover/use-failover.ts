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
  const [{ naming, named }, setNaming] = useState({ naming: 0, named: nobody })
  const setNamed = (next: Named) => setNaming((before) => ({ naming: before.naming + 1, named: next }))
  const assessment = useQuery({
    // How often others were named, and not who: a password that is typed anew asks again, and stands in no key.
    queryKey: ['failover-assess', sessionId, naming],
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
