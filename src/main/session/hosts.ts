import { ConsoleError } from '../../shared/errors.ts'
import type { HostAndPort, TargetSessionAttrs } from '../../shared/profiles.ts'
import { type Connection, type Credentials, connectTo } from './connect.ts'
import { describeHost } from './connection-errors.ts'
import { databaseError } from './database-errors.ts'
import { resolveHost } from './socket.ts'

/** What a server is right now, as `target_session_attrs` asks. */
export type ServerRole = { isStandby: boolean; isReadOnly: boolean }

/** Whether a server fits. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS */
export const fits = (wanted: TargetSessionAttrs, { isStandby, isReadOnly }: ServerRole): boolean => {
  switch (wanted) {
    case 'any':
      return true
    case 'read-write':
      return !isReadOnly
    case 'read-only':
      return isReadOnly
    case 'primary':
      return !isStandby
    case 'standby':
    case 'prefer-standby':
      return isStandby
    default:
      return wanted satisfies never
  }
}

const askRole = async ({ client, context }: Connection, signal: AbortSignal): Promise<ServerRole> => {
  try {
    const { rows } = await client.query<ServerRole>(`
      SELECT pg_catalog.pg_is_in_recovery() AS "isStandby",
             pg_catalog.current_setting('transaction_read_only') = 'on' AS "isReadOnly"`)
    signal.throwIfAborted()
    return rows[0] ?? { isStandby: false, isReadOnly: false }
  } catch (error) {
    throw databaseError(signal.aborted ? signal.reason : error, context)
  }
}

/** Failures after which libpq tries the next host. A wrong password or certificate is not hidden by another host. */
const triesNext = new Set(['HOST_NOT_FOUND', 'CONNECTION_REFUSED', 'CONNECT_TIMEOUT', 'CONNECTION_LOST'])

/** One host, whatever it is: every address of its name is tried. Fails with the host's own error. */
export const connectToHost = async (
  host: HostAndPort,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Connection> => {
  let failure: ConsoleError | null = null
  for (const endpoint of await resolveHost(host, signal)) {
    try {
      return await connectTo(endpoint, credentials, signal)
    } catch (error) {
      if (!(error instanceof ConsoleError) || !triesNext.has(error.code)) throw error
      failure = error
    }
  }
  throw failure ?? new Error('A name that resolves has an address.')
}

/**
 * The first server, in the profile's order, that answers and fits. Every address of a name is tried.
 * Fails with the host's own error when there is one host, with `NO_SUITABLE_HOST` when several were tried.
 */
export const connectToFirst = async (credentials: Credentials, signal: AbortSignal): Promise<Connection> => {
  const { hosts, targetSessionAttrs } = credentials.profile
  const failures: { host: HostAndPort; error: ConsoleError }[] = []

  const tryHost = async (host: HostAndPort, wanted: TargetSessionAttrs): Promise<Connection | null> => {
    for (const endpoint of await resolveHost(host, signal)) {
      try {
        const connection = await connectTo(endpoint, credentials, signal)
        // Ending the connection, too, when the caller gives up while the server is being asked.
        const abort = () => connection.destroy()
        signal.addEventListener('abort', abort, { once: true })
        try {
          if (wanted === 'any' || fits(wanted, await askRole(connection, signal))) return connection
        } finally {
          signal.removeEventListener('abort', abort)
        }
        connection.destroy()
        failures.push({ host, error: doesNotFit(host, wanted) })
      } catch (error) {
        if (!(error instanceof ConsoleError) || !triesNext.has(error.code)) throw error
        failures.push({ host, error })
      }
    }
    return null
  }

  const passes: TargetSessionAttrs[] =
    targetSessionAttrs === 'prefer-standby' ? ['prefer-standby', 'any'] : [targetSessionAttrs]
  for (const wanted of passes) {
    failures.length = 0
    for (const host of hosts) {
      try {
        const connection = await tryHost(host, wanted)
        if (connection !== null) return connection
      } catch (error) {
        if (!(error instanceof ConsoleError) || error.code !== 'HOST_NOT_FOUND') throw error
        failures.push({ host, error })
      }
    }
  }
  const last = failures.at(-1)
  if (last !== undefined && hosts.length === 1) throw last.error
  throw new ConsoleError(
    'NO_SUITABLE_HOST',
    `None of the ${hosts.length} hosts of the profile can be used: ${failures
      .map(({ host, error }) => `${describeHost(host)}: ${error.message}`)
      .join(' ')}`,
    'Check whether the servers run, and which of them is the primary.',
  )
}

const doesNotFit = (host: HostAndPort, wanted: TargetSessionAttrs): ConsoleError =>
  new ConsoleError(
    'NO_SUITABLE_HOST',
    `The server at ${describeHost(host)} is not what the profile asks for (target_session_attrs=${wanted}).`,
    'Add the host that is, or choose "any" in the profile.',
  )
