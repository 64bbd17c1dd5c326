import { ConsoleError } from '../../shared/errors.ts'
import type { HostAndPort, Profile } from '../../shared/profiles.ts'
import type { ServerFacts, SessionState, WriteAccess } from '../../shared/sessions.ts'
import type { Connection } from './connect.ts'
import { describeHost } from './connection-errors.ts'
import type { Database } from './database.ts'
import { connectToHost } from './hosts.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { createResults, type Results } from './results.ts'
import { connectToServer, type ServerLink } from './server-link.ts'
import { untilAborted } from './socket.ts'
import { loadAuthorities } from './tls.ts'

/** Milliseconds that the end of a session waits for its jobs to stop by themselves. */
const stoppingTime = 1500

/** An open session: one profile, one server, one state that the header shows. */
export type Session = {
  /** Fails with `CONNECTION_LOST` while the session is lost. */
  database: Database
  results: Results
  jobs: Jobs
  /** What goes with the session: disposed of at its close, after its jobs and results. */
  belongings: AsyncDisposableStack
  profile: Profile
  /** Of the profile's storage; null: it needs none, has none, or the keychain does not give it. */
  storageSecret: string | null
  /**
   * A connection of its own for one piece of work that writes or holds a lock. Its caller ends it. `database`: another one of
   * the same server, such as a shadow.
   */
  openConnection(signal: AbortSignal, database?: string): Promise<Connection>
  /** The hosts that it connects to: the profile's, until it is pointed at others. */
  hosts(): HostAndPort[]
  /**
   * A connection to one host, whatever it is, also while the session is lost. Its caller ends it. A host that the session does not name gets
   * neither the profile's password, but the one typed for it, nor any password that is not kept secret on the way.
   */
  connectToHost(
    host: HostAndPort,
    signal: AbortSignal,
    options?: { typedPassword?: string | null },
  ): Promise<Connection>
  /**
   * Connects to the first of other hosts that fits; when none does, the session stays as it was. With one among them that it did not
   * know all get the password that was typed. Fails with `ConsoleError`.
   */
  repoint(
    to: Pick<Profile, 'hosts' | 'targetSessionAttrs'>,
    signal: AbortSignal,
    typedPassword?: string | null,
  ): Promise<SessionState>
  /** When its server was lost last; null: never, or it was connected to anew. */
  lostAt(): Date | null
  /** Cancels the statement of such a connection that begins with a tag, or says who makes it wait. */
  control: ServerLink['control']
  /** Process ids of the session's own backends; through a pooler they are nobody's. */
  ownPids(): number[]
  /** Fails with `READ_ONLY`, or with `CONFIRMATION_REQUIRED` until the database's name was typed on production. */
  assertMayWrite(): void
  /** The same for what a standby takes, too, since it writes no data: signals, replay, slots. */
  assertMayAct(): void
  /** Takes the name that the person typed. Fails with `CONFIRMATION_REQUIRED` when it is another one. */
  confirmWrites(input: { database: string }): SessionState
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
  storageSecret?: string | null
  signal: AbortSignal
  onState: (state: SessionState) => void
}): Promise<Session> => {
  const { sessionId, profile, storageSecret = null, onState } = options
  let { password } = options
  let { hosts, targetSessionAttrs } = profile
  let lostAt: Date | null = null
  const results = createResults()
  const jobs = createJobs()
  const belongings = new AsyncDisposableStack()
  let confirmed = false
  let link: ServerLink
  let state: SessionState

  const isKnown = ({ host, port }: HostAndPort) =>
    hosts.some((known) => known.host === host && known.port === port)

  const needsConfirmation = () => profile.environment === 'production' && !profile.readOnly && !confirmed

  const writes = ({ inRecovery }: ServerFacts): WriteAccess => {
    if (profile.readOnly || inRecovery) return 'refused'
    return needsConfirmation() ? 'confirm' : 'allowed'
  }

  const change = (changes: Partial<SessionState>) => {
    state = { ...state, ...changes }
    onState(state)
  }

  /** Reports the end of a link, unless another one has taken its place or the session was closed. */
  const watch = (opened: ServerLink) => {
    opened.lost.addEventListener('abort', () => {
      if (link !== opened || state.status !== 'connected') return
      lostAt = new Date()
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
    writes: writes(link.server),
    error: null,
    closedBecause: null,
    movedTo: null,
  }
  watch(link)

  let reconnecting: Promise<SessionState> | null = null
  const connectAnew = async (
    to: Pick<Profile, 'hosts' | 'targetSessionAttrs'> & { password: string | null },
    signal: AbortSignal,
  ): Promise<SessionState> => {
    const pointed = { ...profile, hosts: to.hosts, targetSessionAttrs: to.targetSessionAttrs }
    const opened = await connectToServer({ profile: pointed, password: to.password }, signal)
    if (state.status === 'closed') {
      await opened.close()
      throw sessionClosed(profile)
    }
    const before = link
    link = opened
    ;({ hosts, targetSessionAttrs, password } = to)
    lostAt = null
    watch(opened)
    if (!before.lost.aborted) await before.close()
    const { server, capabilities } = opened
    change({
      status: 'connected',
      server,
      capabilities,
      writes: writes(server),
      error: null,
      closedBecause: null,
    })
    return state
  }

  return {
    database: {
      query: (statement, statementOptions) => link.database.query(statement, statementOptions),
      queryText: (statement, statementOptions) => link.database.queryText(statement, statementOptions),
      copyOut: (statement, statementOptions) => link.database.copyOut(statement, statementOptions),
    },
    results,
    jobs,
    belongings,
    profile,
    storageSecret,
    openConnection: (signal, database) => link.openConnection(signal, database),
    hosts: () => hosts,
    connectToHost: async (host, signal, { typedPassword = null } = {}) => {
      const authorities = await loadAuthorities(profile)
      return connectToHost(
        host,
        isKnown(host)
          ? { profile, password, authorities }
          : {
              profile: { ...profile, allowWeakAuthentication: false },
              password: typedPassword,
              authorities,
            },
        signal,
      )
    },
    lostAt: () => lostAt,
    control: {
      cancel: (tag, pid) => link.control.cancel(tag, pid),
      lockHolders: (tag) => link.control.lockHolders(tag),
    },
    ownPids: () => link.pids(),
    assertMayWrite() {
      if (state.writes === 'refused') throw state.server.inRecovery ? isStandby(state) : isReadOnly(state)
      if (state.writes === 'confirm') throw confirmationRequired(state)
    },
    assertMayAct() {
      if (profile.readOnly) throw isReadOnly(state)
      if (needsConfirmation()) throw confirmationRequired(state)
    },
    confirmWrites({ database }) {
      if (needsConfirmation()) {
        if (database !== state.server.database) throw confirmationRequired(state)
        confirmed = true
        change({ writes: writes(state.server) })
      }
      return state
    },
    state: () => state,
    async reconnect(signal) {
      if (state.status === 'closed') throw sessionClosed(profile)
      if (state.status === 'connected') return state
      reconnecting ??= connectAnew({ hosts, targetSessionAttrs, password }, signal).finally(() => {
        reconnecting = null
      })
      return reconnecting
    },
    async repoint(to, signal, typed = null) {
      if (state.status === 'closed') throw sessionClosed(profile)
      const before = link
      const pointed = await connectAnew(
        { ...to, password: to.hosts.every(isKnown) ? password : typed },
        signal,
      )
      // A connection that outlived the link must not write to the server that is left.
      await before.close()
      return pointed
    },
    async close(because) {
      if (state.status === 'closed') return
      change({ status: 'closed', closedBecause: because, error: null })
      // Jobs stop what they run on the server while there still is a way to it. Who does not in time loses its connection.
      const stopped = jobs.closeAll()
      await untilAborted(stopped, AbortSignal.timeout(stoppingTime)).catch(() => undefined)
      await Promise.all([results.closeAll(), link.close(), stopped])
      await belongings.disposeAsync()
    },
  }
}

const isStandby = ({ server }: SessionState): ConsoleError =>
  new ConsoleError(
    'READ_ONLY',
    `${describeHost(server.host)} is a standby: it takes no writes.`,
    'Connect to its primary.',
  )

const isReadOnly = ({ profileName }: SessionState): ConsoleError =>
  new ConsoleError(
    'READ_ONLY',
    `The connection ${profileName} is read-only.`,
    'Allow writes in the connection, then connect again.',
  )

const confirmationRequired = ({ server }: SessionState): ConsoleError =>
  new ConsoleError(
    'CONFIRMATION_REQUIRED',
    `This is production: "${server.database}" takes writes from this session only after its name was typed.`,
    'Type the name of the database exactly as it is written.',
  )

const sessionClosed = ({ name }: Profile): ConsoleError =>
  new ConsoleError('SESSION_CLOSED', `The session to ${name} was closed.`, 'Connect again to go on.')
