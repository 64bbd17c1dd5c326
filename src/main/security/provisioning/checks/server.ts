import type { ProvisioningCheck } from '../../../../shared/provisioning.ts'
import { quoted } from '../authority.ts'
import { type Looked, ok, wrong } from './check.ts'

const encryption = ({ server, preset }: Looked): ProvisioningCheck => {
  const about = { id: 'tls', title: 'TLS of the server' }
  const oldest = server.settings.get('ssl_min_protocol_version')
  if (server.settings.get('ssl') !== 'on') {
    return wrong(
      about,
      'failed',
      'TLS is off: hostssl lines match nobody.',
      `Install a certificate and set ssl = on. ${preset.authority}`,
    )
  }
  if (oldest === undefined) return ok(about, 'TLS is on.')
  if (['TLSv1.2', 'TLSv1.3'].includes(oldest)) return ok(about, `TLS is on, ${oldest} at least.`)
  return wrong(
    about,
    'warning',
    `TLS is on, also in versions that are broken: ssl_min_protocol_version is ${oldest || 'not set'}.`,
    `Set ssl_min_protocol_version = 'TLSv1.2'. ${preset.settings}`,
  )
}

const certificate = ({ reached, preset }: Looked): ProvisioningCheck => {
  const about = { id: 'certificate', title: 'Certificate of the server' }
  const remedy = `Connect with the encryption “verify authority and name”. ${preset.authority}`
  if (reached.tlsMode === 'verify-full')
    return ok(about, 'This session verified its authority and its name; the application can do the same.')
  if (reached.tlsMode === null) {
    return wrong(
      about,
      reached.isLocal ? 'unknown' : 'failed',
      'This session is not encrypted: it saw no certificate.',
      remedy,
    )
  }
  return wrong(about, 'warning', 'This session did not verify it in full.', remedy)
}

const passwords = ({ server, preset }: Looked): ProvisioningCheck => {
  const about = { id: 'password encryption', title: 'New passwords on the whole server' }
  const value = server.settings.get('password_encryption') ?? 'unknown'
  if (value === 'scram-sha-256') return ok(about, 'Are stored as SCRAM-SHA-256.')
  return wrong(
    about,
    'warning',
    `password_encryption is ${value}: passwords that others set are weak. Those set here are SCRAM all the same.`,
    `Set password_encryption = 'scram-sha-256'. ${preset.settings}`,
  )
}

const pooler = ({ server, reached }: Looked): ProvisioningCheck => {
  const about = { id: 'pooler', title: 'Direct connection' }
  const remedy = 'Connect to the server itself, as a rule on port 5432.'
  if (server.isPooled)
    return wrong(
      about,
      'warning',
      'Another backend answers than the one that the connection began with: there is a pooler in between.',
      remedy,
    )
  if ([6432, 6543].includes(reached.port))
    return wrong(about, 'warning', `Port ${reached.port} is that of a pooler, as a rule.`, remedy)
  return ok(about, 'No pooler stands in between.')
}

const listening = ({ server, settings, preset }: Looked): ProvisioningCheck[] => {
  const about = { id: 'listening', title: 'Listening for the application' }
  const addresses = server.settings.get('listen_addresses')
  const isLocalOnly = addresses !== undefined && /^(localhost|127\.0\.0\.1|::1|,|\s)*$/.test(addresses)
  const areLocal = settings.applicationNetworks.every((network) => /^(127\.|::1\/128$)/.test(network))
  if (preset.hba === null || addresses === undefined) return []
  if (!isLocalOnly || areLocal) return [ok(about, `On ${addresses === '*' ? 'all addresses' : addresses}.`)]
  return [
    wrong(
      about,
      'failed',
      `The server listens on ${addresses || 'no address'} only.`,
      "Set listen_addresses, for example to '*', and restart the server.",
    ),
  ]
}

const statistics = ({ server, settings, preset }: Looked): ProvisioningCheck[] => {
  if (!settings.statistics) return []
  const about = { id: 'statistics', title: 'Statement statistics are collected' }
  if (server.settings.has('pg_stat_statements.max')) return [ok(about, 'pg_stat_statements is loaded.')]
  return [
    wrong(
      about,
      'warning',
      'pg_stat_statements is not loaded: its views fail until it is.',
      `Add it to shared_preload_libraries, and restart the server. ${preset.settings}`,
    ),
  ]
}

const room = ({ server, settings }: Looked): ProvisioningCheck => {
  const about = { id: 'connections', title: 'Room for connections' }
  const max = Number(server.settings.get('max_connections'))
  const reserved = Number(server.settings.get('superuser_reserved_connections') ?? 3)
  // Both log-ins are in use while passwords change.
  const wanted = settings.connectionLimit * 2
  if (wanted <= max - reserved) return ok(about, `${max} in all; the two log-ins take ${wanted} at most.`)
  return wrong(
    about,
    'warning',
    `${max} in all, ${reserved} of them reserved; the two log-ins may take ${wanted}, and leave nobody else any.`,
    'Lower the connection limit, or raise max_connections.',
  )
}

const encoding = ({ cluster, settings }: Looked): ProvisioningCheck[] => {
  const found = cluster.database?.encoding ?? 'UTF8'
  if (found === 'UTF8') return []
  return [
    wrong(
      { id: 'encoding', title: 'Encoding of the database' },
      'failed',
      `"${settings.database}" is ${found}: not every text can be stored in it.`,
      'The encoding of a database cannot be changed. Move its content to a new one, with pg_dump and pg_restore.',
    ),
  ]
}

const owners = ({ server }: Looked): ProvisioningCheck => {
  const about = { id: 'owners', title: 'Who can act as the owner' }
  if (server.owners.length === 0) return ok(about, 'Members of viruj_dba only, by SET ROLE.')
  return wrong(
    about,
    'warning',
    `${server.owners.join(', ')}: members of viruj_app besides viruj_dba.`,
    'Take the membership back from those who do not need it.',
    server.owners.map((name) => `revoke viruj_app from ${quoted(name)};`),
  )
}

/** What was looked at on the server as a whole. */
export const serverChecks = (looked: Looked): ProvisioningCheck[] => [
  pooler(looked),
  encryption(looked),
  certificate(looked),
  ...listening(looked),
  passwords(looked),
  room(looked),
  ...statistics(looked),
  ...encoding(looked),
  owners(looked),
]
