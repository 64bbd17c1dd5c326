import { ConsoleError } from '../../shared/errors.ts'
import type { HostAndPort, Profile } from '../../shared/profiles.ts'
import type { Capabilities, ServerFacts } from '../../shared/sessions.ts'
import { readCapabilities } from './capabilities.ts'
import { type Connection, connectTo } from './connect.ts'
import { describeHost } from './connection-errors.ts'
import { Control } from './control.ts'
import type { Database } from './database.ts'
import { readFacts } from './facts.ts'
import { connectToFirst } from './hosts.ts'
import { Pool } from './pool.ts'
import { createDatabase } from './pooled-database.ts'
import type { RunningStatement } from './running-statement.ts'
import { untilAborted } from './socket.ts'
import { loadAuthorities } from './tls.ts'

/** Connections for statements. One more, the control connection, is always open. */
const poolSize = 6
/** Milliseconds that the end of a session waits for cancellations under way. */
const closingTime = 1000

/** All connections of a session to one server, from connecting until the server is lost or the session closed. */
export type ServerLink = {
  database: Database
  server: ServerFacts
  capabilities: Capabilities
  /** Fires when the server is gone; its reason is the `ConsoleError` that says why. */
  lost: AbortSignal
  /**
   * A connection outside the pool, for one piece of work that writes or holds a lock. Its caller ends it. `database`: another
   * one of the same server.
   */
  openConnection(signal: AbortSignal, database?: string): Promise<Connection>
  /** Cancels a statement of such a connection, or says who makes it wait. */
  control: Pick<Control, 'cancel' | 'lockHolders'>
  /** Process ids of the backends of all its connections; through a pooler they are nobody's. */
  pids(): number[]
  close(): Promise<void>
}

/** Finds the server that the profile asks for and asks it what it is. Fails with `ConsoleError`. */
export const connectToServer = async (
  { profile, password }: { profile: Profile; password: string | null },
  signal: AbortSignal,
): Promise<ServerLink> => {
  const credentials = { profile, password, authorities: await loadAuthorities(profile) }
  const first = await connectToFirst(credentials, signal)
  const lost = new AbortController()
  // Always the same address: another one of the same name may be another server.
  const pool = new Pool((opening) => connectTo(first.endpoint, credentials, opening), poolSize)
  const control = new Control(first, (error) => {
    pool.end(error)
    lost.abort(error)
  })
  const apart = new Set<Connection>()
  const openConnection = async (
    opening: AbortSignal,
    name: string = profile.database,
  ): Promise<Connection> => {
    const onDatabase = { ...credentials, profile: { ...profile, database: name } }
    const connection = await connectTo(first.endpoint, onDatabase, opening)
    apart.add(connection)
    connection.client.once('end', () => apart.delete(connection))
    return connection
  }
  const pids = () => [...pool.pids(), ...[first, ...apart].flatMap(({ pid }) => pid ?? [])]
  const running = new Set<RunningStatement>()
  const database = createDatabase(profile, { pool, control, running })
  const close = async () => {
    const cancelled = Promise.all([...running].map((statement) => statement.cancel()))
    for (const connection of apart) connection.destroy()
    pool.end(
      new ConsoleError(
        'SESSION_CLOSED',
        `The session at ${describeHost(first.endpoint)} was closed.`,
        'Connect again to go on.',
      ),
    )
    const ended = cancelled.then(() => control.close())
    await untilAborted(ended, AbortSignal.timeout(closingTime)).catch(() => first.destroy())
  }
  try {
    const [facts, capabilities] = await Promise.all([
      readFacts(database, first, signal),
      readCapabilities(database, signal),
      control.stayOpen(),
    ])
    const server = { ...facts, isPooled: control.isPooled }
    return { database, server, capabilities, lost: lost.signal, openConnection, control, pids, close }
  } catch (error) {
    await close()
    // What set_config() says of a role that does not exist: nothing else that is set here can be wrong.
    if (error instanceof ConsoleError && error.sqlstate === '22023' && profile.role !== null) {
      throw noSuchRole(profile.role, first.endpoint)
    }
    throw error
  }
}

const noSuchRole = (role: string, host: HostAndPort): ConsoleError =>
  new ConsoleError(
    'NOT_FOUND',
    `There is no role "${role}" on ${describeHost(host)}.`,
    'Correct the role in the profile, or leave it empty.',
  )
