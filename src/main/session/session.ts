import { ConsoleError } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import type { SessionState } from '../../shared/sessions.ts'
import type { Database } from './database.ts'
import { createResults, type Results } from './results.ts'
import { connectToServer, type ServerLink } from './server-link.ts'

/** An open session: one profile, one server, one state that the header shows. */
export type Session = {
  /** Fails with `CONNECTION_LOST` while the session is lost. */
  database: Database
  results: Results
  state(): SessionState
  /** Connects anew when the session is lost, and reads everything again that the server says of itself. */
  reconnect(signal: AbortSignal): Promise<SessionState>
  /** Cancels what runs and ends all connections. The state stays readable. */
  close(because: NonNullable<SessionState['closedBecause']>): Promise<void>
}

/**
 * Connects and reads the server's facts. `onState` hears of every later change: a server that is gone is reported as soon as
 * its socket closes, even when nothing runs. Fails with `ConsoleError`.
 */
export const openSession = async (options: {
  sessionId: string
  profile: Profile
  password: string | null
  signal: AbortSignal
  onState: (state: SessionState) => void
}): Promise<Session> => {
  const { sessionId, profile, password, onState } = options
  const results = createResults()
  let link: ServerLink
  let state: SessionState

  const change = (changes: Partial<SessionState>) => {
    state = { ...state, ...changes }
    onState(state)
  }

  /** Reports the end of a link, unless another one has taken its place or the session was closed. */
  const watch = (opened: ServerLink) => {
    opened.lost.addEventListener('abort', () => {
      if (link !== opened || state.status !== 'connected') return
      const { reason } = opened.lost
      change({ status: 'lost', error: reason instanceof ConsoleError ? reason.toShape() : null })
    })
  }

  link = await connectToServer({ profile, password }, options.signal)
  state = {
    sessionId,
    profileId: profile.id,
    profileName: profile.name,
    environment: profile.environment,
    status: 'connected',
    server: link.server,
    capabilities: link.capabilities,
    error: null,
    closedBecause: null,
  }
  watch(link)

  let reconnecting: Promise<SessionState> | null = null
  const reconnect = async (signal: AbortSignal): Promise<SessionState> => {
    const opened = await connectToServer({ profile, password }, signal)
    if (state.status === 'closed') {
      await opened.close()
      throw sessionClosed(profile)
    }
    link = opened
    watch(opened)
    const { server, capabilities } = opened
    change({ status: 'connected', server, capabilities, error: null, closedBecause: null })
    return state
  }

  return {
    database: {
      query: (statement, statementOptions) => link.database.query(statement, statementOptions),
      queryText: (statement, statementOptions) => link.database.queryText(statement, statementOptions),
      copyOut: (statement, statementOptions) => link.database.copyOut(statement, statementOptions),
    },
    results,
    state: () => state,
    async reconnect(signal) {
      if (state.status === 'closed') throw sessionClosed(profile)
      if (state.status === 'connected') return state
      reconnecting ??= reconnect(signal).finally(() => {
        reconnecting = null
      })
      return reconnecting
    },
    async close(because) {
      if (state.status === 'closed') return
      change({ status: 'closed', closedBecause: because, error: null })
      await results.closeAll()
      await link.close()
    },
  }
}

const sessionClosed = ({ name }: Profile): ConsoleError =>
  new ConsoleError('SESSION_CLOSED', `The session to ${name} was closed.`, 'Connect again to go on.')
