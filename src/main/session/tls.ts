import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  getCACertificates,
  rootCertificates,
  type SecureContext,
} from 'node:tls'
import { ConsoleError } from '../../shared/errors.ts'
import type { TlsMode } from '../../shared/profiles.ts'

/** What a profile trusts, loaded once for all connections of a session: parsing the system's authorities takes a while. */
export type TrustedAuthorities = { mode: TlsMode; context: SecureContext | null }

const systemAuthorities = (): readonly string[] => {
  const system = getCACertificates('system')
  // Some builds of Node, and machines without a certificate store, know only the list that Node ships.
  return system.length > 0 ? system : rootCertificates
}

/**
 * The authorities of a profile. As in libpq, `require` with an authority file is `verify-ca`.
 * Fails with `TLS_FAILED` when the file cannot be read or holds no certificate.
 */
export const loadAuthorities = async (profile: {
  tlsMode: TlsMode
  caFile: string | null
}): Promise<TrustedAuthorities> => {
  const { tlsMode, caFile } = profile
  if (tlsMode === 'disable') return { mode: tlsMode, context: null }
  if (caFile === null) {
    // Nothing is verified with `require`, so there is nothing to load.
    const ca = tlsMode === 'require' ? [] : systemAuthorities()
    return { mode: tlsMode, context: createSecureContext({ ca: [...ca] }) }
  }
  const mode = tlsMode === 'require' ? 'verify-ca' : tlsMode
  try {
    const ca = await readFile(caFile, 'utf8')
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate')
    return { mode, context: createSecureContext({ ca }) }
  } catch (cause) {
    throw new ConsoleError(
      'TLS_FAILED',
      `The file of certificate authorities "${caFile}" cannot be used: ${readingProblem(cause)}.`,
      'Choose the PEM file of the authority that issued the certificate of the server.',
      { cause },
    )
  }
}

const readingProblem = (cause: unknown): string => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'this account may not read it'
  return 'it holds no certificate in PEM form'
}

/**
 * Node's options for a mode of libpq.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export const tlsOptions = (
  host: string,
  mode: Exclude<TlsMode, 'disable'>,
  context: SecureContext | null,
) => {
  const options: ConnectionOptions = {
    host,
    minVersion: 'TLSv1.2',
    // Server name indication is for names only (RFC 6066, section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(context === null ? {} : { secureContext: context }),
  }
  switch (mode) {
    case 'require':
      // Encrypted, and open to whoever stands in between. The only place where a certificate may be anything; the
      // diagnosis connects this way too, to show a certificate that is not trusted.
      return { ...options, rejectUnauthorized: false, checkServerIdentity }
    case 'verify-ca':
      return { ...options, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...options, checkServerIdentity }
    default:
      return mode satisfies never
  }
}
