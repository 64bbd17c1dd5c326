import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import pg from 'pg'
import { applicationName } from '../../shared/application-name.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { HostAndPort, Profile } from '../../shared/profiles.ts'
import type { ServerFacts } from '../../shared/sessions.ts'
import { certificateChain } from './certificates.ts'
import { describeHost } from './connection-errors.ts'
import { type CopyTap, tapCopyData } from './copy-tap.ts'
import { databaseError, type ServerContext } from './database-errors.ts'
import { type Endpoint, isLocalEndpoint, openSocket } from './socket.ts'
import type { TrustedAuthorities } from './tls.ts'

/** An authenticated connection to one address. Its owner calls `client.end()` or `destroy()`. */
export type Connection = {
  client: pg.Client
  endpoint: Endpoint
  context: ServerContext
  tls: ServerFacts['tls']
  /** Fingerprint of the server's certificate, SHA-256 in hex; null: not encrypted. */
  certificate(): string | null
  isLocal: boolean
  /** `server_encoding` as reported when the connection started. */
  serverEncoding: string
  /** Process id of the backend, as the server gave it when the connection started. */
  pid: number | null
  /** Where the data of a COPY comes out. */
  copyTap: CopyTap
  /** Ends it without a word to the server; what runs on it fails with `reason`. */
  destroy(reason?: ConsoleError): void
}

/** What every connection of a session is opened with. */
export type Credentials = { profile: Profile; password: string | null; authorities: TrustedAuthorities }

/**
 * Sends what psql sends at start-up, so that values come as psql shows them: no setting of dates, intervals or floats.
 * All else is set for each transaction, since poolers refuse `options` and hand a session's settings to others.
 */
class ConsoleClient extends pg.Client {
  getStartupConf(): Record<string, string | undefined> {
    return {
      user: this.user,
      database: this.database,
      application_name: applicationName,
      client_encoding: 'UTF8',
    }
  }
}

/**
 * Hands an open socket to pg, which insists on connecting by itself. What pg's parser throws (a value larger than a
 * string may be, an unknown way of authentication) would otherwise end the whole thread: it ends this socket.
 */
const adoptSocket = (socket: Socket): Socket => {
  socket.connect = () => {
    queueMicrotask(() => socket.emit('connect'))
    return socket
  }
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    try {
      return emit(event, ...values)
    } catch (error) {
      if (event !== 'data') throw error
      socket.destroy(error instanceof Error ? error : new Error('The answer of the server cannot be read.'))
      return true
    }
  }
  return socket
}

const weakAuthentication = (method: string, host: HostAndPort, user: string): ConsoleError =>
  new ConsoleError(
    'AUTH_METHOD_REFUSED',
    `The server at ${describeHost(host)} asks for the password of "${user}" ${method}. It was not sent.`,
    "Have the administrator set password_encryption = 'scram-sha-256', set the password anew and use scram-sha-256 in " +
      'pg_hba.conf; or allow weak authentication in the profile.',
  )

/** Refuses what gives the password away, before it leaves, and a server that skips its own proof. */
const guardAuthentication = (
  client: pg.Client,
  { profile, password }: Credentials,
  host: HostAndPort,
): (() => string) => {
  let refusal: ConsoleError | null = null
  let unproven = false
  const { connection } = client
  if (!profile.allowWeakAuthentication) {
    connection.on('authenticationCleartextPassword', () => {
      refusal = weakAuthentication('in clear text', host, profile.user)
    })
    connection.on('authenticationMD5Password', () => {
      refusal = weakAuthentication('as an md5 hash', host, profile.user)
    })
  }
  connection.on('authenticationSASL', () => {
    unproven = true
  })
  connection.on('authenticationSASLFinal', () => {
    unproven = false
  })
  connection.on('authenticationOk', () => {
    if (!unproven) return
    connection.emit(
      'error',
      new ConsoleError(
        'AUTH_FAILED',
        `The server at ${describeHost(host)} did not prove that it knows the password of "${profile.user}".`,
        'It may be an impostor. Check the address, and use the TLS mode verify-full.',
      ),
    )
  })
  // pg asks for the password only after the listeners above ran.
  return () => {
    if (refusal !== null) throw refusal
    if (password !== null && password !== '') return password
    throw new ConsoleError(
      'AUTH_FAILED',
      `The server at ${describeHost(host)} asks for the password of "${profile.user}", and none was given.`,
      'Type the password, or save it in the profile.',
    )
  }
}

const tlsFacts = (socket: Socket, { authorities }: Credentials): ServerFacts['tls'] =>
  socket instanceof TLSSocket
    ? {
        protocol: socket.getProtocol() ?? 'unknown',
        cipher: socket.getCipher().name,
        mode: authorities.mode,
      }
    : null

const connectTimeout = (profile: Profile, host: HostAndPort): ConsoleError =>
  new ConsoleError(
    'CONNECT_TIMEOUT',
    `${describeHost(host)} did not answer within ${profile.connectTimeout} s.`,
    'Check host and port, the VPN and the firewalls in between.',
  )

/** Runs `work` with a signal that also fires when the profile's connect timeout has passed. */
export const withinConnectTimeout = async <Value>(
  profile: Profile,
  host: HostAndPort,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> => {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(connectTimeout(profile, host)), profile.connectTimeout * 1000)
  try {
    return await work(AbortSignal.any([signal, deadline.signal]))
  } finally {
    clearTimeout(timer)
  }
}

/** Logs in over a socket that is open and, when the profile asks for it, encrypted. Fails with `ConsoleError`. */
export const logIn = async (
  socket: Socket,
  endpoint: Endpoint,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Connection> => {
  const { profile } = credentials
  const host = { host: endpoint.host, port: endpoint.port }
  const context: ServerContext = {
    host,
    database: profile.database,
    user: profile.user,
    role: profile.role,
  }
  const tls = tlsFacts(socket, credentials)
  const client = new ConsoleClient({
    host: endpoint.host,
    port: endpoint.port,
    user: profile.user,
    database: profile.database,
    // A function, so that neither pg's own look-ups nor an inspection of the client finds a password.
    password: () => givePassword(),
    stream: () => adoptSocket(socket),
    ssl: false,
    sslnegotiation: 'postgres',
    enableChannelBinding: tls !== null,
  })
  const givePassword = guardAuthentication(client, credentials, host)
  let serverEncoding = 'UTF8'
  let pid: number | null = null
  client.connection.on('backendKeyData', ({ processID }: { processID: number }) => {
    pid = processID
  })
  client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === 'server_encoding') serverEncoding = status.parameterValue
  })
  // Without a listener a connection that ends while idle would end the thread. Who owns the connection adds one.
  client.on('error', () => undefined)
  const destroy = (reason?: ConsoleError) => void socket.destroy(reason)
  const onAbort = () => void socket.destroy(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const connecting = client.connect()
    const copyTap = tapCopyData(socket)
    await connecting
    copyTap.isLoggedIn = true
    return {
      client,
      endpoint,
      context,
      tls,
      certificate: () =>
        socket instanceof TLSSocket ? (certificateChain(socket)[0]?.fingerprint ?? null) : null,
      isLocal: isLocalEndpoint(endpoint),
      serverEncoding,
      pid,
      copyTap,
      destroy,
    }
  } catch (error) {
    destroy()
    throw databaseError(signal.aborted ? signal.reason : error, context)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Opens and authenticates a connection to one address within the profile's connect timeout. */
export const connectTo = (
  endpoint: Endpoint,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Connection> =>
  withinConnectTimeout(credentials.profile, endpoint, signal, async (limited) =>
    logIn(await openSocket(endpoint, credentials.authorities, limited), endpoint, credentials, limited),
  )
