import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import {
  type CertificateSummary,
  type Diagnosis,
  type DiagnosisStep,
  diagnosisSteps,
  type HostAndPort,
  type Profile,
  type ProfileDraft,
} from '../../shared/profiles.ts'
import { certificateChain } from './certificates.ts'
import { type Credentials, connectTo, withinConnectTimeout } from './connect.ts'
import { certificateError, connectionError, describeHost } from './connection-errors.ts'
import { fits } from './hosts.ts'
import { connectToServer } from './server-link.ts'
import {
  type Endpoint,
  isLocalEndpoint,
  isSocketFolder,
  openTcp,
  requestTls,
  resolveHost,
  startTls,
  tlsNotOffered,
} from './socket.ts'
import { loadAuthorities } from './tls.ts'

type Step = DiagnosisStep['step']
/** What a step found. A failure is thrown as `ConsoleError`. */
type Finding = { seen: string; warning?: string; certificates?: CertificateSummary[] }

/** A failure that still has certificates to show. */
class UntrustedChain extends ConsoleError {
  readonly certificates: CertificateSummary[]

  constructor(error: ConsoleError, certificates: CertificateSummary[]) {
    super(error.code, error.message, error.remedy, error)
    this.certificates = certificates
  }
}

/** Failures of logging in that come after the password was accepted. */
const afterAuthentication = new Set(['DATABASE_NOT_FOUND', 'PERMISSION_DENIED', 'TOO_MANY_CONNECTIONS'])

/** Connects to every host of a draft step by step and says what each step saw. Stops at a host's first failure. */
export const diagnose = (
  draft: ProfileDraft,
  password: string | null,
  signal: AbortSignal,
): Promise<Diagnosis> =>
  Promise.all(
    draft.hosts.map(async (host) => ({
      host,
      steps: await diagnoseHost(
        {
          ...draft,
          hosts: [host],
          id: 'diagnosis',
          source: 'stored',
          hasSecret: false,
          hasStorageSecret: false,
        },
        host,
        password,
        signal,
      ),
    })),
  )

const diagnoseHost = async (
  profile: Profile,
  host: HostAndPort,
  password: string | null,
  signal: AbortSignal,
): Promise<DiagnosisStep[]> => {
  const steps: DiagnosisStep[] = []
  let endpoint: Endpoint = { ...host, address: host.host }
  let failed = false

  const take = async (step: Step, work: (limited: AbortSignal) => Promise<Finding>): Promise<void> => {
    if (failed) return
    const started = performance.now()
    const report = (outcome: DiagnosisStep['outcome'], found: Omit<Finding, 'warning'>, remedy: string) =>
      steps.push({ step, outcome, ...found, remedy, milliseconds: Math.round(performance.now() - started) })
    try {
      const { warning, ...found } = await withinConnectTimeout(profile, host, signal, work)
      report(warning === undefined ? 'ok' : 'warning', found, warning ?? '')
    } catch (thrown) {
      const error = connectionError(thrown, host)
      if (error.code === 'CANCELLED') throw error
      failed = true
      const certificates = thrown instanceof UntrustedChain ? { certificates: thrown.certificates } : {}
      report('failed', { seen: error.message, ...certificates }, error.remedy)
    }
  }

  await take('dns', async (limited) => {
    const found = await resolveHost(host, limited)
    const [first] = found
    if (first !== undefined) endpoint = first
    const addresses = found.map(({ address }) => address)
    return {
      seen: isSocketFolder(host.host)
        ? `Unix socket ${addresses[0]}.`
        : `${host.host} is ${addresses.join(', ')}.`,
    }
  })

  await take('tcp', async (limited) => {
    endpoint = await firstThatAnswers(await resolveHost(host, limited), limited)
    return { seen: `${describeHost({ host: endpoint.address, port: host.port })} accepts connections.` }
  })

  await take('tls', (limited) => inspectTls(profile, endpoint, limited))

  let credentials: Credentials | null = null
  let databaseProblem: ConsoleError | null = null
  await take('authentication', async (limited) => {
    credentials = { profile, password, authorities: await loadAuthorities(profile) }
    try {
      const connection = await connectTo(endpoint, credentials, limited)
      await connection.client.end()
    } catch (error) {
      if (!(error instanceof ConsoleError) || !afterAuthentication.has(error.code)) throw error
      databaseProblem = error
    }
    return { seen: `The server knows "${profile.user}" and let it in.` }
  })

  await take('database', async () => {
    if (databaseProblem !== null) throw databaseProblem
    return { seen: `Database "${profile.database}" is open to "${profile.user}".` }
  })

  await take('privileges', (limited) => inspectPrivileges(profile, password, limited))

  return diagnosisSteps.map(
    (step) =>
      steps.find((taken) => taken.step === step) ?? {
        step,
        outcome: 'skipped',
        seen: 'Not tried, since a step before it failed.',
        remedy: '',
        milliseconds: 0,
      },
  )
}

const firstThatAnswers = async (endpoints: Endpoint[], signal: AbortSignal): Promise<Endpoint> => {
  let failure: unknown
  for (const endpoint of endpoints) {
    try {
      const socket = await openTcp(endpoint, signal)
      socket.destroy()
      return endpoint
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

const inspectTls = async (profile: Profile, endpoint: Endpoint, signal: AbortSignal): Promise<Finding> => {
  const local = isLocalEndpoint(endpoint)
  if (isSocketFolder(endpoint.host)) return { seen: 'A Unix socket needs no encryption.' }
  if (profile.tlsMode === 'disable') {
    return local
      ? { seen: 'Not encrypted, and nothing leaves this machine.' }
      : {
          seen: 'Not encrypted: everybody on the way can read and change what is sent.',
          warning: 'Choose verify-full, and switch TLS on in the server if it is off.',
        }
  }
  const { mode, context } = await loadAuthorities(profile)
  const socket = await openTcp(endpoint, signal)
  try {
    if (!(await requestTls(socket, endpoint, signal))) throw tlsNotOffered(endpoint)
    // Accepts any certificate in order to show it; nothing is sent over this connection.
    const secured = await startTls(socket, endpoint, 'require', context, signal)
    const certificates = certificateChain(secured)
    const fault = secured.authorized ? null : String(secured.authorizationError)
    const protocol = secured.getProtocol() ?? 'TLS'
    secured.destroy()
    if (mode === 'require') {
      return {
        seen: `Encrypted with ${protocol}. Nobody checked whose certificate it is.`,
        warning: 'Choose verify-full: in this mode whoever stands in between can read everything.',
        certificates,
      }
    }
    const nameOnly = fault === 'ERR_TLS_CERT_ALTNAME_INVALID'
    if (fault !== null && !(nameOnly && mode === 'verify-ca')) {
      throw new UntrustedChain(certificateError(fault, endpoint), certificates)
    }
    return { seen: `Encrypted with ${protocol}; the certificate is trusted.`, certificates }
  } finally {
    socket.destroy()
  }
}

const inspectPrivileges = async (
  profile: Profile,
  password: string | null,
  signal: AbortSignal,
): Promise<Finding> => {
  const link = await connectToServer({ profile: { ...profile, targetSessionAttrs: 'any' }, password }, signal)
  try {
    const [counted] = await link.database.query(
      sql<{ all: number; readable: number }>`
        SELECT pg_catalog.count(*)::int AS "all",
               pg_catalog.count(*) FILTER (
                 WHERE pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
                   AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))::int AS readable
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
      { signal },
    )
    const { server } = link
    const { all, readable } = counted ?? { all: 0, readable: 0 }
    const seen =
      `Works as "${server.currentUser}" on PostgreSQL ${server.version}, ` +
      `${server.inRecovery ? 'a standby' : 'a primary'}. It may read ${readable} of ${all} tables and views.`
    // A standby is read-only; what a primary is by default shows only outside the console's own transactions.
    const role = { isStandby: server.inRecovery, isReadOnly: server.inRecovery }
    if (!fits(profile.targetSessionAttrs, role)) {
      return {
        seen,
        warning: `The profile asks for target_session_attrs=${profile.targetSessionAttrs}: this host is passed over.`,
      }
    }
    if (server.isPooled) {
      return {
        seen: `${seen} A pooler stands in between.`,
        warning:
          'Reading works. Migrations hold a lock, which a pooler in transaction mode cannot: connect to the server itself for them.',
      }
    }
    if (all > 0 && readable === 0) {
      return { seen, warning: `Have the owner run GRANT SELECT … TO "${server.currentUser}".` }
    }
    return { seen }
  } finally {
    await link.close()
  }
}
