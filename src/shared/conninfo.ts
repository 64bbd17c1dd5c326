import { ConsoleError } from './errors.ts'
import {
  type HostAndPort,
  type ProfileDraft,
  profileDraft,
  type TargetSessionAttrs,
  type TlsMode,
  targetSessionAttrs,
  tlsModes,
} from './profiles.ts'

/** What a URL says: a profile to be, and the password apart from it. */
export type Conninfo = { draft: ProfileDraft; password: string | null }

const invalid = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('INVALID_INPUT', message, remedy)

/** Parameters of libpq that change nothing here: the console does better, or does the same by itself. */
const ignored = new Set([
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'channel_binding',
  'gssencmode',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'sslsni',
  'sslcompression',
])

/** Why a parameter is not silently dropped. */
const refused: Record<string, string> = {
  options: 'sets server options, which poolers refuse',
  service: 'names a service of libpq instead of a host',
  passfile: 'names a password file, which the console does not read',
  sslcert: 'names a client certificate, which the console does not send',
  sslkey: 'names a client key, which the console does not send',
  load_balance_hosts: 'asks for load balancing; hosts are tried in their order',
  replication: 'asks for a replication connection',
}

const decode = (text: string, what: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(
      `The ${what} in the URL has a "%" that stands for nothing.`,
      'Write a percent sign as "%25" and other special characters in the same way.',
    )
  }
}

/** Nothing can listen between this machine and itself. */
export const isLocalHost = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const parsePort = (text: string): number => {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port
  throw invalid(`"${text}" in the URL is not a port.`, 'Use a number from 1 to 65535, for example 5432.')
}

/** `a:1,[::1]:2,%2Frun` */
const parseAuthority = (text: string): HostAndPort[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const found = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(part)
      if (found === null) {
        throw invalid(
          'The URL has a host that cannot be read.',
          'Write it as host:port, and IPv6 as [::1]:5432.',
        )
      }
      const [, host = '', port] = found
      return {
        host: host.startsWith('[') ? host.slice(1, -1) : decode(host, 'host') || 'localhost',
        port: port === undefined || port === '' ? 5432 : parsePort(port),
      }
    })

/** `host=a,b&port=1,2`, which libpq lets win over the hosts before the path. */
const parseHostParameters = (given: HostAndPort[], parameters: URLSearchParams): HostAndPort[] => {
  const hosts = parameters.get('host')?.split(',')
  const ports = parameters.get('port')?.split(',')
  const names = hosts ?? given.map(({ host }) => host)
  return (names.length === 0 ? ['localhost'] : names).map((host, index) => {
    const port = ports?.length === 1 ? ports[0] : ports?.[index]
    return { host: host || 'localhost', port: port ? parsePort(port) : (given[index]?.port ?? 5432) }
  })
}

/** `prefer` and `allow` fall back to plain text unseen: they, and saying nothing, mean TLS except on this machine. */
const parseTlsMode = (sslmode: string | null, hasAuthority: boolean, hosts: HostAndPort[]): TlsMode => {
  if (sslmode === null || sslmode === 'prefer' || sslmode === 'allow') {
    return !hasAuthority && hosts.every(({ host }) => isLocalHost(host)) ? 'disable' : 'verify-full'
  }
  const mode = tlsModes.find((known) => known === sslmode)
  if (mode !== undefined) return mode
  throw invalid(`"${sslmode}" in the URL is not an sslmode.`, `Use one of ${tlsModes.join(', ')}.`)
}

const parseTarget = (text: string | null): TargetSessionAttrs => {
  if (text === null) return 'any'
  const target = targetSessionAttrs.find((known) => known === text)
  if (target !== undefined) return target
  throw invalid(
    `"${text}" in the URL is not a target_session_attrs.`,
    `Use one of ${targetSessionAttrs.join(', ')}.`,
  )
}

const used = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
  'connect_timeout',
]

const checkNames = (parameters: URLSearchParams): void => {
  for (const name of parameters.keys()) {
    const reason = refused[name]
    if (reason !== undefined) throw invalid(`The URL ${reason}.`, `Remove "${name}" from the URL.`)
    if (!used.includes(name) && !ignored.has(name)) {
      throw invalid(
        `The console does not know the parameter "${name}" of the URL.`,
        'Remove it from the URL.',
      )
    }
  }
}

/**
 * Reads a `postgres://` URL the way libpq does, except that nothing falls back to an unencrypted connection unseen.
 * `defaultUser` stands in for libpq's name of the account. Fails with `INVALID_INPUT`, whose text never holds the password.
 *
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export const parseConninfo = (url: string, defaultUser?: string): Conninfo => {
  const found = /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(
    url.trim(),
  )
  if (found === null) {
    throw invalid(
      'This is not a URL of a PostgreSQL database.',
      'Write it as postgres://user@host:5432/database. In a password, write / ? # @ as %2F %3F %23 %40.',
    )
  }
  const [, account = '', authority = '', path = '', query = ''] = found
  // A "+" in a query of libpq is a plus, not a space.
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'))
  // Before anything is quoted: where a password holds an unescaped "/" or "?", it is read as hosts and parameters.
  const hosts = parseHostParameters(parseAuthority(authority), parameters)
  checkNames(parameters)
  const [userText = '', ...passwordText] = account.split(':')
  const user = parameters.get('user') || decode(userText, 'user') || defaultUser
  if (user === undefined) {
    throw invalid('The URL names no user.', 'Write it as postgres://user@host:5432/database.')
  }
  const database = parameters.get('dbname') || decode(path, 'database') || user
  const sslrootcert = parameters.get('sslrootcert') || null
  const caFile = sslrootcert === 'system' ? null : sslrootcert
  const password =
    parameters.get('password') ??
    (passwordText.length > 0 ? decode(passwordText.join(':'), 'password') : null)
  const timeout = Number(parameters.get('connect_timeout') ?? 10)
  const [first] = hosts
  const draft = profileDraft.safeParse({
    name: `${database} on ${first?.host ?? 'localhost'}`.slice(0, 80),
    // What is not on this machine may be anything, so it is treated with the most care.
    environment: hosts.every(({ host }) => isLocalHost(host)) ? 'development' : 'production',
    hosts,
    targetSessionAttrs: parseTarget(parameters.get('target_session_attrs')),
    database,
    user,
    tlsMode:
      sslrootcert === 'system'
        ? 'verify-full'
        : parseTlsMode(parameters.get('sslmode'), caFile !== null, hosts),
    caFile,
    allowWeakAuthentication: false,
    role: null,
    readOnly: true,
    statementTimeout: 60,
    // libpq waits for ever at 0 or less; nobody sits in front of a screen for longer than this.
    connectTimeout: Number.isInteger(timeout) && timeout > 0 ? Math.min(timeout, 300) : 300,
    idleDisconnect: 0,
    migrationsFolder: null,
    storage: null,
    thresholds: {},
  } satisfies ProfileDraft)
  if (!draft.success) {
    const [issue] = draft.error.issues
    throw invalid(
      `The URL has a part that cannot be used: ${issue?.path.join('.') ?? 'its form'}.`,
      'Check the lengths of names and the number of hosts.',
    )
  }
  return { draft: draft.data, password: password === '' ? null : password }
}

/** The draft as a URL that psql understands, too. It holds no password. */
export const printConninfo = (draft: ProfileDraft): string => {
  const authority = draft.hosts
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port}`)
    .join(',')
  const parameters = [
    ['sslmode', draft.tlsMode],
    ...(draft.caFile === null ? [] : [['sslrootcert', draft.caFile]]),
    ...(draft.targetSessionAttrs === 'any' ? [] : [['target_session_attrs', draft.targetSessionAttrs]]),
    ['connect_timeout', `${draft.connectTimeout}`],
  ].map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`)
  return `postgresql://${encodeURIComponent(draft.user)}@${authority}/${encodeURIComponent(draft.database)}?${parameters.join('&')}`
}
