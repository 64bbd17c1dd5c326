import { randomUUID } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import type { SessionState } from '../../shared/sessions.ts'
import type { UploadsCut } from '../documents/uploads.ts'
import type { Profiles } from '../session/profiles.ts'
import { SessionHost } from './session-host.ts'

/** The open sessions of this console, each in its own worker. */
export type Sessions = {
  open(input: { profileId: string; password: string | null }, signal: AbortSignal): Promise<SessionState>
  /** Fails with `SESSION_CLOSED` when there is none of that id. */
  get(sessionId: string): SessionHost
  list(): SessionState[]
  /** Connects anew, in a new worker where the old one is gone or its profile was pointed elsewhere. Fails with `ConsoleError`; then the session stays as it was. */
  reconnect(sessionId: string, signal: AbortSignal): Promise<SessionState>
  close(sessionId: string): Promise<void>
  /** The machine goes to sleep, or the console ends. Tells what became of uploads that were on their way. */
  closeAll(because: 'sleep' | 'user'): Promise<UploadsCut>
}

const idleCheckInterval = 15_000

/** A job goes on though nobody looks: a migration is not rolled back because its window was closed. */
export const closeUnlessBusy = async (host: SessionHost): Promise<void> => {
  const jobs = await host.services.jobs.list(null, new AbortController().signal).catch(() => [])
  // The host stays listed, closed, so that the screen can say why and offer to connect again.
  if (!jobs.some(({ status }) => status === 'running')) await host.close('idle')
}

export const createSessions = (profiles: Profiles, { home }: { home: string }): Sessions => {
  const open = new Map<string, SessionHost>()

  const get = (sessionId: string): SessionHost => {
    const host = open.get(sessionId)
    if (host === undefined) {
      throw new ConsoleError('SESSION_CLOSED', 'This session is no longer open.', 'Connect again to go on.')
    }
    return host
  }

  const closeIdle = setInterval(() => {
    for (const host of open.values()) {
      const minutes = profiles.idleDisconnect(host.state.profileId)
      if (minutes > 0 && host.state.status !== 'closed' && host.idleFor > minutes * 60_000) {
        void closeUnlessBusy(host)
      }
    }
  }, idleCheckInterval)
  closeIdle.unref()

  return {
    async open({ profileId, password }, signal) {
      const opening = await profiles.forConnecting(profileId, password)
      const sessionId = randomUUID()
      const host = await SessionHost.open({ sessionId, ...opening, home, signal })
      open.set(sessionId, host)
      return host.state
    },
    get,
    list: () => [...open.values()].map((host) => host.state),
    async reconnect(sessionId, signal) {
      const host = get(sessionId)
      if (!host.hasEnded && host.state.movedTo === null) return host.services.session.reconnect(null, signal)
      const again = await host.reopen(signal)
      // Closed by the person, or reopened by another window, while it was connecting.
      if (open.get(sessionId) !== host) {
        await again.close('user')
        return get(sessionId).state
      }
      open.set(sessionId, again)
      await host.close('user')
      return again.state
    },
    async close(sessionId) {
      const host = open.get(sessionId)
      open.delete(sessionId)
      await host?.close('user')
    },
    async closeAll(because) {
      const cut = await Promise.all([...open.values()].map((host) => host.close(because)))
      return {
        pending: cut.reduce((sum, { pending }) => sum + pending, 0),
        notBegun: cut.reduce((sum, { notBegun }) => sum + notBegun, 0),
      }
    },
  }
}
