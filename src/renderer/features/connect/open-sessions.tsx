import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionState } from '../../../shared/sessions.ts'
import { trpc } from '../../app/rpc.ts'
import { useDisconnect } from '../../app/use-disconnect.ts'
import type { Tone } from '../../ui/chip.tsx'

const tones = { connected: 'ok', lost: 'crit', closed: 'neutral' } as const satisfies Record<
  SessionState['status'],
  Tone
>

/** The sessions that this console holds open, to go back to or to end. Nothing when there are none. */
export const OpenSessions = () => {
  const sessions = useQuery(
    trpc.sessions.list.queryOptions(undefined, { staleTime: 0, refetchInterval: 2000 }),
  )
  const disconnect = useDisconnect()
  if (sessions.data === undefined || sessions.data.length === 0) return null
  return (
    <section className="connect-group" aria-labelledby="open-sessions">
      <h2 id="open-sessions" className="connect-group-title">
        Open sessions
      </h2>
      <ul>
        {sessions.data.map(({ sessionId, profileName, environment, status, server }) => (
          <li key={sessionId} className="profile-row" data-environment={environment}>
            <Link to="/s/$sessionId/browse" params={{ sessionId }} className="profile-pick">
              <span className="profile-stripe" />
              <span className="profile-name">{profileName}</span>
              <span className="profile-place">
                <span className="dot" data-tone={tones[status]} /> {status} · {server.currentUser}@
                {server.database}
              </span>
            </Link>
            <Button
              size="compact-xs"
              onClick={() => disconnect(sessionId)}
              aria-label={`Disconnect ${profileName}`}
            >
              Disconnect
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
