import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { notifyFailure } from './notify.ts'
import { queryClient, trpc } from './rpc.ts'

/** Ends a session, forgets what was read in it, and goes to the connections. */
export const useDisconnect = (): ((sessionId: string) => void) => {
  const navigate = useNavigate()
  const close = useMutation(
    trpc.sessions.close.mutationOptions({
      onSuccess: async (_, { sessionId }) => {
        await navigate({ to: '/' })
        queryClient.removeQueries({
          predicate: ({ queryKey }) => JSON.stringify(queryKey).includes(`"sessionId":"${sessionId}"`),
        })
        await queryClient.invalidateQueries(trpc.sessions.list.pathFilter())
      },
      onError: notifyFailure,
    }),
  )
  return (sessionId) => close.mutate({ sessionId })
}
