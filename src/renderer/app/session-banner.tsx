import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import type { SessionState } from '../../shared/sessions.ts'
import { asConsoleError } from './console-error.ts'
import { queryClient, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'
import { useOpenSession } from './use-open-session.tsx'

const closedWords = {
  idle: 'This session was closed because nobody used it for the time that its connection allows.',
  sleep: 'This session was closed because the machine went to sleep.',
  user: 'This session was closed.',
} as const satisfies Record<NonNullable<SessionState['closedBecause']>, string>

/** Says that the session is lost or closed, why, and reconnects on a click. The screen below keeps what it shows. */
export const SessionBanner = ({ unreachable }: { unreachable: unknown }) => {
  const session = useSession()
  const navigate = useNavigate()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const profiles = useQuery(
    trpc.profiles.list.queryOptions(undefined, { enabled: session.status !== 'connected' }),
  )
  const profile = profiles.data?.profiles.find(({ id }) => id === session.profileId)
  // A session that ended has another id when it is opened again; the screen stays the same.
  const anew = useOpenSession(({ sessionId }) => {
    void navigate({ href: path.replace(session.sessionId, sessionId) })
  })
  const openAnew = () => {
    if (profile !== undefined) anew.open(profile)
  }
  const reconnect = useMutation(
    trpc.sessions.reconnect.mutationOptions({
      onSuccess: async (state) => {
        queryClient.setQueryData(trpc.sessions.state.queryKey({ sessionId: state.sessionId }), state)
        await queryClient.refetchQueries({ predicate: ({ state: query }) => query.status === 'error' })
      },
      onError: (error) => {
        // The session's own process is gone: only a new one helps.
        if (['SESSION_LOST', 'SESSION_CLOSED'].includes(asConsoleError(error).code)) openAnew()
      },
    }),
  )

  if (session.status === 'connected') {
    if (unreachable === null) return null
    const { message, remedy } = asConsoleError(unreachable)
    return (
      <div className="banner" role="alert" data-tone="crit">
        <span className="dot" data-tone="crit" />
        <strong>{message}</strong>
        <span>{remedy}</span>
      </div>
    )
  }

  const isLost = session.status === 'lost'
  const failed = anew.failure?.error ?? (reconnect.error === null ? null : asConsoleError(reconnect.error))
  const shown = failed ?? session.error
  const pending = reconnect.isPending || anew.opening !== null
  return (
    <div className="banner" role="alert" data-tone={isLost || failed !== null ? 'crit' : 'warn'}>
      <span className="dot" data-tone={isLost ? 'crit' : 'warn'} />
      <strong>{shown?.message ?? closedWords[session.closedBecause ?? 'user']}</strong>
      <span>{shown?.remedy ?? 'What was read stays on the screen. Connect again to go on.'}</span>
      <div className="banner-actions">
        <Button component={Link} to="/">
          Connections
        </Button>
        <Button
          variant="filled"
          loading={pending}
          onClick={() => (isLost ? reconnect.mutate({ sessionId: session.sessionId }) : openAnew())}
        >
          {isLost ? 'Reconnect' : 'Connect again'}
        </Button>
      </div>
      {anew.prompt}
    </div>
  )
}
