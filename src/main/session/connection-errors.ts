import { ConsoleError, cancelled, type ErrorCode } from '../../shared/errors.ts'
import type { HostAndPort } from '../../shared/profiles.ts'

type Explanation = { code: ErrorCode; message: (where: string) => string; remedy: string }

const untrusted = {
  code: 'TLS_UNTRUSTED',
  remedy:
    'Compare the fingerprint with the one of the administrator, and choose the file of the authority in the profile.',
} as const

const unreachable = {
  code: 'CONNECTION_REFUSED',
  message: (where: string) => `There is no way to ${where} from this machine.`,
  remedy: 'Check the network, the VPN and the address in the profile.',
} as const

const notFound = {
  code: 'HOST_NOT_FOUND',
  message: (where: string) => `The name of ${where} cannot be resolved.`,
  remedy: 'Check the spelling of the host and whether the VPN or DNS that knows it is there.',
} as const

const closed = {
  code: 'CONNECTION_LOST',
  message: (where: string) => `The connection to ${where} was closed.`,
  remedy: 'The server may be restarting. Connect again when it is back.',
} as const

/** Node's error codes of sockets, names and certificates in the console's words. */
const explanations: Record<string, Explanation> = {
  ECONNREFUSED: {
    code: 'CONNECTION_REFUSED',
    message: (where) => `Nothing listens on ${where}.`,
    remedy: 'Check host and port, and whether PostgreSQL runs there and listens on that address.',
  },
  ENOENT: {
    code: 'CONNECTION_REFUSED',
    message: (where) => `There is no Unix socket of PostgreSQL at ${where}.`,
    remedy: 'Check the folder (unix_socket_directories of the server) and the port.',
  },
  EACCES: {
    code: 'CONNECTION_REFUSED',
    message: (where) => `This account may not open ${where}.`,
    remedy: 'Check the permissions of the socket, or the firewall of this machine.',
  },
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  ENOTFOUND: notFound,
  EAI_AGAIN: notFound,
  EAI_FAIL: notFound,
  ETIMEDOUT: {
    code: 'CONNECT_TIMEOUT',
    message: (where) => `${where} does not answer.`,
    remedy: 'Check host and port, the VPN and the firewalls in between.',
  },
  ECONNRESET: closed,
  EPIPE: closed,
  ERR_STREAM_DESTROYED: closed,
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: closed,
  CERT_HAS_EXPIRED: {
    code: 'TLS_EXPIRED',
    message: (where) => `The certificate of ${where} has expired.`,
    remedy: 'Renew the certificate of the server. Check the clock of this machine, too.',
  },
  CERT_NOT_YET_VALID: {
    code: 'TLS_EXPIRED',
    message: (where) => `The certificate of ${where} is not valid yet.`,
    remedy: 'Check the clock of this machine and of the machine that issued the certificate.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    ...untrusted,
    message: (where) =>
      `The certificate of ${where} is signed by itself and by no authority that the profile trusts.`,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    ...untrusted,
    message: (where) =>
      `The certificate of ${where} comes from a private authority that the profile does not trust.`,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    ...untrusted,
    message: (where) =>
      `The certificate of ${where} comes from an authority that the profile does not trust.`,
  },
  UNABLE_TO_GET_ISSUER_CERT: {
    ...untrusted,
    message: (where) => `The chain of certificates of ${where} is incomplete.`,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    ...untrusted,
    message: (where) =>
      `The certificate of ${where} comes from an authority that the profile does not trust.`,
  },
  CERT_UNTRUSTED: {
    ...untrusted,
    message: (where) =>
      `The certificate of ${where} comes from an authority that the profile does not trust.`,
  },
  CERT_SIGNATURE_FAILURE: {
    ...untrusted,
    message: (where) => `The signature of the certificate of ${where} is wrong.`,
  },
  CERT_REVOKED: {
    ...untrusted,
    message: (where) => `The certificate of ${where} was revoked by its authority.`,
  },
  INVALID_CA: {
    ...untrusted,
    message: (where) => `The certificate of ${where} was issued by a certificate that may not issue any.`,
  },
  INVALID_PURPOSE: {
    ...untrusted,
    message: (where) => `The certificate of ${where} is not made for a server.`,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'TLS_WRONG_HOST',
    message: (where) => `The certificate that ${where} shows is made for another name.`,
    remedy: 'Connect by a name that stands in the certificate, or have a certificate issued for this one.',
  },
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  // Node tries several addresses of one name and wraps what went wrong with each.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return 'code' in error ? String(error.code) : ''
}

/** Host and port as people write them; a Unix socket by its path. */
export const describeHost = ({ host, port }: HostAndPort): string =>
  host.startsWith('/')
    ? `${host}/.s.PGSQL.${port}`
    : host.includes(':')
      ? `[${host}]:${port}`
      : `${host}:${port}`

/** The explanation of a certificate's fault by Node's code, for the diagnosis, which connects in spite of it. */
export const certificateError = (code: string, host: HostAndPort): ConsoleError =>
  connectionError(Object.assign(new Error(code), { code }), host)

/**
 * What went wrong while connecting to `host`, before PostgreSQL itself said anything. The reason of an aborted signal
 * passes through when it is a `ConsoleError`.
 */
export const connectionError = (error: unknown, host: HostAndPort): ConsoleError => {
  if (error instanceof ConsoleError) return error
  if (error instanceof Error && error.name === 'AbortError') {
    return error.cause instanceof ConsoleError ? error.cause : cancelled('Connecting')
  }
  const code = codeOf(error)
  const known = explanations[code]
  const where = describeHost(host)
  if (known !== undefined) {
    return new ConsoleError(known.code, known.message(where), known.remedy, { cause: error, detail: code })
  }
  if (/^(ERR_SSL_|ERR_TLS_|CERT_|EPROTO)/.test(code)) {
    return new ConsoleError(
      'TLS_FAILED',
      `The TLS handshake with ${where} failed.`,
      'Check the versions and ciphers that the server allows (ssl_min_protocol_version, ssl_ciphers).',
      { cause: error, detail: code },
    )
  }
  return new ConsoleError(
    'CONNECTION_LOST',
    `The connection to ${where} ended unexpectedly.`,
    'Connect again. The log of the server tells more.',
    { cause: error, ...(code === '' ? {} : { detail: code }) },
  )
}
