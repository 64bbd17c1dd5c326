import { z } from 'zod'
import { thresholdValues } from './operations.ts'
import { storageSettings } from './storage.ts'

export const environments = ['development', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

/** libpq's `sslmode`, without `allow` and `prefer`, which fall back to plain text unseen. */
export const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

/** libpq's `target_session_attrs`. */
export const targetSessionAttrs = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const
export type TargetSessionAttrs = (typeof targetSessionAttrs)[number]

/** A host name, an address, or the absolute folder of a Unix socket. */
export const hostAndPort = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65535),
})
export type HostAndPort = z.infer<typeof hostAndPort>

/** What a person edits. Holds no secret: the password is in the keychain. */
export const profileDraft = z.object({
  name: z.string().trim().min(1).max(80),
  environment: z.enum(environments),
  hosts: z.array(hostAndPort).min(1).max(16),
  targetSessionAttrs: z.enum(targetSessionAttrs),
  database: z.string().min(1).max(63),
  user: z.string().min(1).max(63),
  tlsMode: z.enum(tlsModes),
  /** Path of a PEM file; null: the system's authorities. */
  caFile: z.string().min(1).nullable(),
  /** A server that asks for a cleartext or md5 password is refused unless this is set. */
  allowWeakAuthentication: z.boolean(),
  /** `SET ROLE` after log-in; null: the log-in role itself. */
  role: z.string().min(1).max(63).nullable(),
  readOnly: z.boolean(),
  /** Seconds; 0 means no limit. */
  statementTimeout: z.int().min(0).max(86_400),
  /** Seconds a connection attempt may take, per host. */
  connectTimeout: z.int().min(1).max(300),
  /** Minutes without use after which the session is closed; 0 means never. */
  idleDisconnect: z.int().min(0).max(1440),
  /** Folder of plain-SQL migrations; null: those of the Viruj ERP, which come with the console. */
  migrationsFolder: z.string().min(1).max(4096).nullable().default(null),
  /** Where its documents lie; null: nowhere that the console knows of. */
  storage: storageSettings.nullable().default(null),
  /** Where verdicts of probes turn on this server, but for the standard. */
  thresholds: thresholdValues.default({}),
})
export type ProfileDraft = z.infer<typeof profileDraft>

/** Where a profile comes from. Only `stored` ones can be edited or removed. */
export const profileSources = ['stored', 'environment', 'sandbox'] as const

export const profile = profileDraft.extend({
  id: z.string().min(1),
  source: z.enum(profileSources),
  /** A password was saved. If the keychain then has none, it is locked or the entry was removed. */
  hasSecret: z.boolean(),
  /** The same of the secret key of its storage. */
  hasStorageSecret: z.boolean().default(false),
})
export type Profile = z.infer<typeof profile>

/** `keep` leaves the saved password as it is; `memory` keeps it for this run only. */
export const secretChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keep') }),
  z.object({ kind: z.literal('keychain'), password: z.string().min(1) }),
  z.object({ kind: z.literal('memory'), password: z.string().min(1) }),
  z.object({ kind: z.literal('forget') }),
])
export type SecretChange = z.infer<typeof secretChange>

/** `missing`: this machine has no keychain service; `locked`: it has, and it refuses until a person unlocks it. */
export const keychainState = z.object({
  state: z.enum(['available', 'locked', 'missing']),
  /** What the state means in words, with the remedy. Empty when available. */
  explanation: z.string(),
})
export type KeychainState = z.infer<typeof keychainState>

export const profilesListOutput = z.object({
  profiles: z.array(profile),
  keychain: keychainState,
  /** What is wrong with the sources of profiles: a damaged file that was kept aside, a `DATABASE_URL` that cannot be read. */
  problem: z.string().nullable(),
})
/** `id` null makes a new profile. */
export const profilesSaveInput = z.object({
  id: z.string().nullable(),
  draft: profileDraft,
  secret: secretChange,
  /** Of the storage's secret key. */
  storageSecret: secretChange.default({ kind: 'keep' }),
})
export const profilesIdInput = z.object({ id: z.string() })

/** A draft that is not saved is diagnosed with the password typed beside it. */
export const profilesDiagnoseInput = z.object({
  id: z.string().nullable(),
  draft: profileDraft,
  password: z.string().nullable(),
})

export const certificateSummary = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** ISO 8601 UTC. */
  validFrom: z.string(),
  validTo: z.string(),
  /** SHA-256 in lower-case hex. */
  fingerprint: z.string(),
  names: z.array(z.string()),
})
export type CertificateSummary = z.infer<typeof certificateSummary>

export const diagnosisSteps = ['dns', 'tcp', 'tls', 'authentication', 'database', 'privileges'] as const

/** What one step of a test found. */
export const finding = z.object({
  outcome: z.enum(['ok', 'warning', 'failed', 'skipped']),
  /** What was seen, in one sentence. */
  seen: z.string(),
  /** What to do about it; empty when there is nothing to do. */
  remedy: z.string(),
  milliseconds: z.number(),
  certificates: z.array(certificateSummary).optional(),
})
export type Finding = z.infer<typeof finding>

export const diagnosisStep = finding.extend({ step: z.enum(diagnosisSteps) })
export type DiagnosisStep = z.infer<typeof diagnosisStep>

/** One entry per host of the profile, in the order they are tried. */
export const profilesDiagnoseOutput = z.array(z.object({ host: hostAndPort, steps: z.array(diagnosisStep) }))
export type Diagnosis = z.infer<typeof profilesDiagnoseOutput>
