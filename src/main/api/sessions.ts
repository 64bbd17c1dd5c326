import { randomUUID } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import type { SessionState } from '../../shared/sessions.ts'
import type { Profiles } from '../session/profiles.ts'
import { SessionHost } from './session-host.ts'

/** The open sessions of this console, each in its own worker. */
export type Sessions = {
  open(input: { profileId: string; password: string | null }, signal: AbortSignal): Promise<SessionState>
  /** Fails with `SESSION_CLOSED` when there is none of that id. */
  get(sessionId: string): SessionHost
  list(): SessionState[]
  close(sessionId: string): Promise<void>
  /** The machine goes to sleep, or the console ends. */
  closeAll(because: 'sleep' | 'user'): Promise<void>
}

const idleCheckInterval = 15_000

export const createSessions = (profiles: Profiles): Sessions => {
  const open = new Map<string, SessionHost>()

  const closeIdle = setInterval(() => {
    for (const [sessionId, host] of open) {
      const minutes = profiles.idleDisconnect(host.state.profileId)
      if (minutes > 0 && host.state.status !== 'closed' && host.idleFor > minutes * 60_000) {
        void host.close('idle')
        // The host stays listed, closed, so that the screen can say why and offer to connect again.
        open.set(sessionId, host)
      }
    }
  }, idleCheckInterval)
  closeIdle.unref()

  return {
    async open({ profileId, password }, signal) {
      const { profile, password: saved } = await profiles.forConnecting(profileId, password)
      const sessionId = randomUUID()
      const host = await SessionHost.open({ sessionId, profile, password: saved, signal })
      open.set(sessionId, host)
      return host.state
    },
    get(sessionId) {
      const host = open.get(sessionId)
      if (host === undefined) {
        throw new ConsoleError('SESSION_CLOSED', 'This session is no longer open.', 'Connect again to go on.')
      }
      return host
    },
    list: () => [...open.values()].map((host) => host.state),
    async close(sessionId) {
      const host = open.get(sessionId)
      open.delete(sessionId)
      await host?.close('user')
    },
    async closeAll(because) {
      await Promise.all([...open.values()].map((host) => host.close(because)))
    },
  }
}
