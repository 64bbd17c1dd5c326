import { z } from 'zod'
import { readNetwork, writeNetwork } from './network.ts'
import { presetIds, presets } from './provisioning-presets.ts'
import { reason } from './reason.ts'

/** Owner of the database and of everything the migrations make. Nobody logs in as it. */
export const ownerRole = 'viruj_app'
/** What the ERP's programs may do at run time: read and write rows, not change the schema. */
export const serviceRole = 'viruj_service'
/** Owner of the audit trail. Migrations act as it, nobody else does. */
export const auditOwnerRole = 'audit_owner'
/** Seals the audit trail; for a scheduler. */
export const sealerRole = 'viruj_sealer'
/** Reads the audit trail as it is, to verify it. */
export const verifierRole = 'viruj_verifier'
/** People's groups, in the order in which they are listed. */
export const peopleRoles = ['viruj_dba', 'viruj_reviewer', 'viruj_operator'] as const

/** Names that need no quotes, neither in SQL nor in pg_hba.conf, and that mean nothing else there. */
const plainName = z
  .string()
  .trim()
  .regex(/^[a-z_][a-z0-9_]*$/, 'Use small letters, digits and _, and begin with a letter.')
  .max(63, 'PostgreSQL cuts names after 63 characters.')
  .refine((name) => !name.startsWith('pg_'), 'Names that begin with pg_ belong to PostgreSQL.')

const reservedDatabases = [
  'postgres',
  'template0',
  'template1',
  'all',
  'sameuser',
  'samerole',
  'samegroup',
  'replication',
]
const databaseName = plainName.refine(
  (name) => !reservedDatabases.includes(name),
  'This name has a meaning of its own to PostgreSQL.',
)

const loginName = plainName.max(61, '_a and _b are added: 61 characters at most.')

/** The two log-ins that take turns: while one is in use, the other one's password is changed. */
export const loginsOf = (login: string): [string, string] => [`${login}_a`, `${login}_b`]

const network = z.string().transform((typed, context) => {
  const read = readNetwork(typed)
  if ('network' in read) return writeNetwork(read.network)
  context.addIssue({ code: 'custom', message: read.problem })
  return z.NEVER
})

export const provisioningSettings = z
  .object({
    preset: z.enum(presetIds),
    database: databaseName,
    /** `_a` and `_b` are added to it. */
    login: loginName,
    /** Where the ERP's servers connect from. */
    applicationNetworks: z.array(network).max(32),
    /** Where people connect from. */
    peopleNetworks: z.array(network).max(32),
    /** Roles that exist already and become members of `viruj_dba`. */
    dbas: z.array(z.string().min(1).max(63)).max(32),
    /** Of each application log-in. */
    connectionLimit: z.int().min(1).max(10_000),
    /** Seconds; 0: no limit. */
    statementTimeout: z.int().min(0).max(86_400),
    /** Seconds; 0: no limit. */
    idleInTransactionTimeout: z.int().min(0).max(86_400),
    /** Whether `pg_stat_statements` is created, out of the sight of everybody but DBAs. */
    statistics: z.boolean(),
    /** Gives the log-in that is in use a new password. Without it one is made only while neither can log in. */
    newPassword: z.boolean(),
  })
  .refine(
    ({ preset, applicationNetworks }) => presets[preset].hba === null || applicationNetworks.length > 0,
    {
      path: ['applicationNetworks'],
      message: 'Name at least one network that the application connects from.',
    },
  )
export type ProvisioningSettings = z.infer<typeof provisioningSettings>

/** Where a person begins. Networks are theirs to name. */
export const defaultSettings = {
  database: 'viruj_erp',
  login: 'viruj_app',
  applicationNetworks: [],
  peopleNetworks: [],
  dbas: [],
  connectionLimit: 50,
  statementTimeout: 30,
  idleInTransactionTimeout: 60,
  statistics: true,
  newPassword: false,
} satisfies Omit<ProvisioningSettings, 'preset'>

/** One thing that provisioning sees to. */
export const provisioningStep = z.object({
  id: z.string(),
  title: z.string(),
  /** Why it is so, in one sentence. */
  why: z.string(),
  /** `blocked`: it is to be done, and this role may not. */
  state: z.enum(['done', 'todo', 'blocked']),
  /** What is there now and differs; empty when it is done, or is made from nothing. */
  found: z.array(z.string()),
  /** What runs, as it runs, but for verifiers of passwords, which are masked. Empty when it is done. */
  sql: z.array(z.string()),
  /** Of a blocked step: the way out. */
  remedy: z.string().nullable(),
})
export type ProvisioningStep = z.infer<typeof provisioningStep>

/** What was looked at and is nobody's to change with SQL. `unknown`: this role may not see it. */
export const provisioningCheck = z.object({
  id: z.string(),
  title: z.string(),
  outcome: z.enum(['ok', 'warning', 'failed', 'unknown']),
  seen: z.string(),
  /** Line by line what `seen` sums up. */
  details: z.array(z.string()),
  remedy: z.string().nullable(),
})
export type ProvisioningCheck = z.infer<typeof provisioningCheck>

/** What belongs into pg_hba.conf. */
export const accessRules = z.object({
  /** `hba_file`, or where the preset has it. */
  file: z.string(),
  lines: z.array(z.string()),
  /** How the server takes the file up. */
  reload: z.string(),
})

export const provisioningPlan = z.object({
  settings: provisioningSettings,
  /** Role that everything runs as, unless a statement says otherwise. */
  runsAs: z.string(),
  steps: z.array(provisioningStep),
  checks: z.array(provisioningCheck),
  /** Null: the service has no such file. */
  accessRules: accessRules.nullable(),
  /** All that would run, in its order, as psql would take it; verifiers are masked. Empty when nothing is to be done. */
  script: z.string(),
  /** SHA-256 of what would run. */
  fingerprint: z.string(),
})
export type ProvisioningPlan = z.infer<typeof provisioningPlan>

export const provisioningSuggestion = z.object({
  preset: z.enum(presetIds),
  /** What it was recognised by. */
  because: z.string(),
  /** Log-in roles that may become DBAs: no superusers. */
  logIns: z.array(z.string()),
})
export type ProvisioningSuggestion = z.infer<typeof provisioningSuggestion>

export const provisioningPlanInput = z.object({ settings: provisioningSettings })
export const provisioningRunInput = z.object({
  settings: provisioningSettings,
  reason,
  /** Of the plan that the person saw: when the server is another one since, nothing runs. */
  fingerprint: z.string(),
})

/** What a job of kind `provision` comes to. It never holds the password. */
export const provisioningOutcome = z.object({
  /** Titles of the steps that were done, in their order. */
  done: z.array(z.string()),
  /** The log-in that was given a password in this run; null: none was. */
  login: z.string().nullable(),
  /** The plan as it is afterwards. */
  plan: provisioningPlan,
})
export type ProvisioningOutcome = z.infer<typeof provisioningOutcome>

export const provisioningSecretInput = z.object({ jobId: z.string() })
/** A password, once: whoever asked for it has it now, and the console no longer. */
export const provisioningSecret = z.object({ login: z.string(), password: z.string() })
export const provisioningSaveSecretInput = provisioningSecretInput.extend({
  /** Of the connection that is made for the log-in. */
  name: z.string().trim().min(1).max(80),
})
