import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ConsoleError } from '../../shared/errors.ts'
import type { HostAndPort, TlsMode } from '../../shared/profiles.ts'
import { connectionError } from './connection-errors.ts'
import { type TrustedAuthorities, tlsOptions } from './tls.ts'

/** One address of one host of a profile. `address` is an IP address, or the path of a Unix socket. */
export type Endpoint = HostAndPort & { address: string }

/** A host that is the absolute folder of a Unix socket, as in libpq. */
export const isSocketFolder = (host: string): boolean => host.startsWith('/')

/** Whether nothing between here and there could listen: a Unix socket or the loopback address. */
export const isLocalEndpoint = ({ host, address }: Endpoint): boolean =>
  isSocketFolder(host) || address === '::1' || /^(::ffff:)?127\./.test(address)

/** All addresses of a host in the resolver's order. Fails with `HOST_NOT_FOUND`. */
export const resolveHost = async (host: HostAndPort, signal: AbortSignal): Promise<Endpoint[]> => {
  if (isSocketFolder(host.host)) return [{ ...host, address: `${host.host}/.s.PGSQL.${host.port}` }]
  if (isIP(host.host) !== 0) return [{ ...host, address: host.host }]
  try {
    const found = await untilAborted(lookup(host.host, { all: true, order: 'verbatim' }), signal)
    return found.map(({ address }) => ({ ...host, address }))
  } catch (error) {
    throw connectionError(error, host)
  }
}

/** A connected socket without any PostgreSQL spoken on it. Fails with `ConsoleError`. */
export const openTcp = async (endpoint: Endpoint, signal: AbortSignal): Promise<Socket> => {
  const socket = isSocketFolder(endpoint.host)
    ? connectTcp({ path: endpoint.address })
    : connectTcp({ host: endpoint.address, port: endpoint.port })
  try {
    await once(socket, 'connect', { signal })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 15_000)
    return socket
  } catch (error) {
    socket.destroy()
    throw connectionError(error, endpoint)
  }
}

/** `SSLRequest` of the protocol: its length 8 and the number 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Asks the server for TLS; true when it agrees. */
export const requestTls = async (
  socket: Socket,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<boolean> => {
  socket.write(sslRequest)
  const closed = new AbortController()
  const onClose = () => closed.abort(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
  socket.once('close', onClose)
  try {
    const [answer] = await once(socket, 'data', { signal: AbortSignal.any([signal, closed.signal]) })
    // One byte and no more: what somebody smuggled in behind it would pass as sent over TLS (CVE-2021-23222).
    if (Buffer.isBuffer(answer) && answer.length === 1) {
      if (answer[0] === 0x53) return true
      if (answer[0] === 0x4e) return false
    }
    throw new ConsoleError(
      'TLS_FAILED',
      `What answers at ${endpoint.host}:${endpoint.port} does not speak PostgreSQL, or refused the connection.`,
      'Check host and port. The log of the server tells more when it is a PostgreSQL server.',
    )
  } catch (error) {
    throw connectionError(closed.signal.aborted ? closed.signal.reason : error, endpoint)
  } finally {
    socket.off('close', onClose)
  }
}

/** Does the TLS handshake on a socket whose server agreed to it. */
export const startTls = async (
  socket: Socket,
  endpoint: Endpoint,
  mode: Exclude<TlsMode, 'disable'>,
  context: TrustedAuthorities['context'],
  signal: AbortSignal,
): Promise<TLSSocket> => {
  const secured = connectTls({ socket, ...tlsOptions(endpoint.host, mode, context) })
  try {
    await once(secured, 'secureConnect', { signal })
    return secured
  } catch (error) {
    secured.destroy()
    throw connectionError(error, endpoint)
  }
}

/**
 * A socket ready for PostgreSQL's startup message, encrypted as the profile asks. Unix sockets carry no TLS.
 * Fails with `ConsoleError`: `TLS_NOT_OFFERED` before anything of the profile was sent.
 */
export const openSocket = async (
  endpoint: Endpoint,
  authorities: TrustedAuthorities,
  signal: AbortSignal,
): Promise<Socket | TLSSocket> => {
  const socket = await openTcp(endpoint, signal)
  const { mode, context } = authorities
  if (mode === 'disable' || isSocketFolder(endpoint.host)) return socket
  try {
    if (!(await requestTls(socket, endpoint, signal))) throw tlsNotOffered(endpoint)
    return await startTls(socket, endpoint, mode, context, signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

export const tlsNotOffered = ({ host, port }: HostAndPort): ConsoleError =>
  new ConsoleError(
    'TLS_NOT_OFFERED',
    `The server at ${host}:${port} does not offer TLS, and the profile asks for it.`,
    'Switch TLS on in the server (ssl = on). Choose the TLS mode "disable" only for a network that you trust.',
  )

/** The promise, or the signal's reason as soon as it fires; for work that cannot be stopped itself. */
export const untilAborted = async <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
