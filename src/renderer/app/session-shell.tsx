import { useQuery } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { ErrorState } from '../ui/error-state.tsx'
import { SkeletonRows } from '../ui/skeletons.tsx'
import { trpc } from './rpc.ts'
import { SessionContext } from './session-context.tsx'

/** The frame around every screen of an open session. */
export const SessionShell = () => {
  const { sessionId } = useParams({ from: '/s/$sessionId' })
  const state = useQuery(trpc.sessions.state.queryOptions({ sessionId }, { refetchInterval: 2000 }))
  if (state.data === undefined) {
    return state.error === null ? <SkeletonRows /> : <ErrorState error={state.error} />
  }
  return (
    <SessionContext value={state.data}>
      <Outlet />
    </SessionContext>
  )
}
