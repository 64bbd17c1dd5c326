import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { forgetUploads } from '../features/documents/upload-states.ts'
import { notifyFailure } from './notify.ts'
import { queryClient, trpc } from './rpc.ts'
import { useShell } from './shell-context.tsx'

/** Ends a session, forgets what was read in it, and goes to the connections. Asks first where uploads would end with it. */
export const useDisconnect = (): ((sessionId: string) => void) => {
  const navigate = useNavigate()
  const { askToEnd } = useShell()
  const close = useMutation(
    trpc.sessions.close.mutationOptions({
      onSuccess: async (_, { sessionId }) => {
        forgetUploads(sessionId)
        await navigate({ to: '/' })
        queryClient.removeQueries({
          predicate: ({ queryKey }) => JSON.stringify(queryKey).includes(`"sessionId":"${sessionId}"`),
        })
        await queryClient.invalidateQueries(trpc.sessions.list.pathFilter())
      },
      onError: notifyFailure,
    }),
  )
  return (sessionId) =>
    void askToEnd(sessionId).then((mayEnd) => {
      if (mayEnd) close.mutate({ sessionId })
    })
}
