import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionState } from '../../shared/sessions.ts'
import { asConsoleError } from './console-error.ts'
import { queryClient, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'

const closedWords = {
  idle: 'This session was closed because nobody used it for the time that its connection allows.',
  sleep: 'This session was closed because the machine went to sleep.',
  user: 'This session was closed.',
} as const satisfies Record<NonNullable<SessionState['closedBecause']>, string>

/** Says that the session is lost or closed, why, and reconnects on a click. The screen below keeps what it shows. */
export const SessionBanner = ({ unreachable }: { unreachable: unknown }) => {
  const session = useSession()
  const { movedTo } = session
  const reconnect = useMutation(
    trpc.sessions.reconnect.mutationOptions({
      onSuccess: async (state) => {
        queryClient.setQueryData(trpc.sessions.state.queryKey({ sessionId: state.sessionId }), state)
        // What failed meanwhile is asked again; what is on the screen stays, but for what was read of another server.
        if (movedTo !== null) await queryClient.invalidateQueries()
        else {
          await queryClient.refetchQueries({
            type: 'active',
            predicate: ({ state: query }) => query.status === 'error',
          })
        }
      },
    }),
  )

  if (session.status === 'connected' && (unreachable !== null || movedTo === null)) {
    if (unreachable === null) return null
    const { message, remedy } = asConsoleError(unreachable)
    return (
      <div className="banner" role="alert" data-tone="crit">
        <span className="dot" data-tone="crit" />
        <strong>{message}</strong>
        <span>{remedy}</span>
        <div className="banner-actions">
          <Button component={Link} to="/">
            Connections
          </Button>
        </div>
      </div>
    )
  }

  const isLost = session.status === 'lost'
  const failed = reconnect.error === null ? session.error : asConsoleError(reconnect.error)
  const here = `${session.server.host.host}:${session.server.host.port}`
  const moved = `A failover pointed this connection at ${movedTo}.`
  const message =
    session.status === 'connected'
      ? `${moved} This session is with ${here} still.`
      : closedWords[session.closedBecause ?? 'user']
  const remedy =
    session.status === 'connected'
      ? 'What it runs ends when it reconnects.'
      : 'What was read stays on the screen.'
  const tone = isLost || reconnect.error !== null ? 'crit' : 'warn'
  return (
    <div className="banner" role="alert" data-tone={tone}>
      <span className="dot" data-tone={tone} />
      <strong>{failed?.message ?? message}</strong>
      <span>{isLost && movedTo !== null ? moved : (failed?.remedy ?? remedy)}</span>
      <div className="banner-actions">
        <Button component={Link} to="/">
          Connections
        </Button>
        <Button
          variant="filled"
          loading={reconnect.isPending}
          onClick={() => reconnect.mutate({ sessionId: session.sessionId })}
        >
          {session.status === 'closed' ? 'Connect again' : 'Reconnect'}
        </Button>
      </div>
    </div>
  )
}
