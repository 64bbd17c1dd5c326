import { z } from 'zod'
import { reason } from './reason.ts'

/** Digits of a migration's file name, `0014` of `0014_documents_legal_hold.up.sql`. */
export const migrationVersion = z.string().regex(/^[0-9]{4,14}$/)

export const migrationStates = [
  /** In the history, and its file is what was run. */
  'applied',
  'pending',
  /** In the history, but its file says something else now. */
  'changed',
  /** In the history, but its file is gone. */
  'missing',
  /** Not in the history, though a later one is. */
  'out-of-order',
  /** Runs without a transaction and stopped on its way: some of its statements are done. */
  'half-done',
] as const

/** One run of one migration as the history keeps it. Rows are never taken away. Times are ISO 8601 UTC. */
export const migrationRun = z.object({
  id: z.string(),
  version: migrationVersion,
  name: z.string(),
  direction: z.enum(['up', 'down', 'baseline']),
  /** `interrupted`: its console or server ended before it did; a transaction was rolled back by that. */
  outcome: z.enum(['running', 'done', 'failed', 'interrupted']),
  startedAt: z.string(),
  milliseconds: z.number().nullable(),
  /** Role that logged in. */
  actor: z.string(),
  /** Role that it ran as. */
  actingRole: z.string(),
  /** Account and machine as the client named them: a claim. */
  claimedBy: z.string(),
  reason: z.string(),
  /** SHA-256 of the file, hex, over normalised line endings. */
  checksum: z.string(),
  statementsDone: z.int(),
  statements: z.int(),
  failure: z.string().nullable(),
  toolVersion: z.string(),
})
export type MigrationRun = z.infer<typeof migrationRun>

export const migration = z.object({
  version: migrationVersion,
  /** `0014_documents_legal_hold`. */
  name: z.string(),
  state: z.enum(migrationStates),
  hasDown: z.boolean(),
  /** False: `-- no-transaction` stands in its file. */
  transactional: z.boolean(),
  /** The run that brought it into the database; null when it is not there. */
  appliedBy: migrationRun.nullable(),
  halfDone: z
    .object({
      direction: z.enum(['up', 'down']),
      done: z.int(),
      statements: z.int(),
      /** How the next statement ended was not seen: it may be done, too. */
      unclear: z.boolean(),
    })
    .nullable(),
})
export type Migration = z.infer<typeof migration>

export const migrationsStatus = z.object({
  /** Folder the files are read from. */
  folder: z.string(),
  /** False: this database has no history yet. */
  initialised: z.boolean(),
  /** Version the database is at; null: none. */
  current: migrationVersion.nullable(),
  /** In the order of their versions. */
  migrations: z.array(migration),
  /** SHA-256 over names and checksums of all files, hex. */
  directorySum: z.string(),
  /** What keeps `up` from running, each in one sentence: changed, missing, reordered files. */
  problems: z.array(z.string()),
  /** Role that migrations run as: the database's owner where the session may become it. */
  runsAs: z.string(),
  /** Why this session cannot apply: read-only profile, standby, missing privilege. Null: it can. */
  refusal: z.string().nullable(),
  /** Who holds the migration lock now. */
  lockedBy: z
    .object({
      pid: z.int(),
      user: z.string().nullable(),
      application: z.string().nullable(),
      seconds: z.number().nullable(),
    })
    .nullable(),
})
export type MigrationsStatus = z.infer<typeof migrationsStatus>

export const migrationFile = z.object({
  version: migrationVersion,
  name: z.string(),
  up: z.string(),
  down: z.string().nullable(),
})
export type MigrationFileText = z.infer<typeof migrationFile>

/** PostgreSQL's table lock modes, weakest first. https://www.postgresql.org/docs/current/explicit-locking.html */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const
export type LockMode = (typeof lockModes)[number]

/** What the gate says of one statement or of the whole. */
export const gateFinding = z.object({
  /** Id of the rule, as documented: `not-null-scan`, `lock`, `destructive` … */
  rule: z.string(),
  severity: z.enum(['ok', 'warning', 'danger']),
  /** Null: of the migration as a whole. */
  line: z.int().nullable(),
  title: z.string(),
  detail: z.string(),
})
export type GateFinding = z.infer<typeof gateFinding>

export const gatedStatement = z.object({
  line: z.int(),
  sql: z.string(),
  /** Relations it locks, with the strongest mode; sizes in bytes, null when the relation does not exist yet. */
  locks: z.array(
    z.object({
      relation: z.string(),
      mode: z.enum(lockModes),
      bytes: z.number().nullable(),
      /** Changed rows per second over the last moments; null: not known. */
      writesPerSecond: z.number().nullable(),
    }),
  ),
  rewrites: z.boolean(),
  scans: z.boolean(),
  findings: z.array(gateFinding),
})
export type GatedStatement = z.infer<typeof gatedStatement>

export const gatedMigration = z.object({
  version: migrationVersion,
  name: z.string(),
  direction: z.enum(['up', 'down']),
  transactional: z.boolean(),
  checksum: z.string(),
  statements: z.array(gatedStatement),
  /** WAL that the standby furthest behind has not replayed. Null: there is none, or it is not known; `replica-lag` says which. */
  replicaLagBytes: z.number().nullable(),
  /** End of the last good backup, ISO 8601 UTC. Null: none is recorded, or it is not known; `backup-age` says which. */
  lastBackupAt: z.string().nullable(),
  /** Of the migration as a whole: no way down, replica lag, age of the last backup, locks of several tables. */
  findings: z.array(gateFinding),
  /** Names of objects that a destructive statement takes away: each must be typed before it runs. */
  confirm: z.array(z.string()),
})
export type GatedMigration = z.infer<typeof gatedMigration>

/** SHA-256 over the files up to a migration's own, both ways, hex: what comes of its round trip depends on nothing else of the folder. */
const filesSum = z.string()

/** Whether up, down and up again leaves no difference, tried on a shadow for each migration of a plan. */
export const roundTripReport = z.object({
  shadow: z.enum(['same-server', 'embedded']),
  milliseconds: z.number(),
  migrations: z.array(
    z.object({
      version: migrationVersion,
      name: z.string(),
      filesSum,
      /** `none`: there is no file that leads down, so it was only tried upwards. */
      outcome: z.enum(['same', 'differs', 'failed', 'none']),
      findings: z.array(gateFinding),
    }),
  ),
})
export type RoundTripReport = z.infer<typeof roundTripReport>

/** What would run, in its order. */
export const migrationPlan = z.object({
  direction: z.enum(['up', 'down', 'redo']),
  migrations: z.array(gatedMigration.extend({ filesSum })),
  /** A statement that was sent, whose end was not seen, and of which only a person can find out whether it is done: a run wants to be told. */
  unclear: z.object({ version: migrationVersion, line: z.int(), sql: z.string() }).nullable(),
})
export type MigrationPlan = z.infer<typeof migrationPlan>

/** `to`: `up` runs through it; `down` and `redo` begin with the last applied and end with it. Null: all pending, or the last applied. */
export const migrationsPlanInput = z.object({
  direction: z.enum(['up', 'down', 'redo']),
  to: migrationVersion.nullable(),
})
export type MigrationsPlan = z.infer<typeof migrationsPlanInput>

export const migrationsRunInput = migrationsPlanInput.extend({
  reason,
  /** Names typed for destructive statements. */
  confirmed: z.array(z.string()),
  /** Checksums of the plan that the person saw, in its order: what changed since is refused. */
  checksums: z.array(z.string()),
  /** Milliseconds that a statement waits for a lock. */
  lockTimeout: z.int().min(1).max(3_600_000).default(3000),
  /** How often a migration that waited in vain is rolled back and tried again. */
  lockRetries: z.int().min(0).max(100).default(5),
  /**
   * What to do with a statement without a transaction whose end was not seen and cannot be found out: run it `again`, or take
   * it as `done`. Null: stop and ask.
   */
  unclear: z.enum(['again', 'done']).nullable().default(null),
})
export type MigrationsRun = z.infer<typeof migrationsRunInput>
export const migrationsFileInput = z.object({ version: migrationVersion })

/** Writes that the files through `to` are what made the database, without running them; null: all. */
export const migrationsBaselineInput = z.object({ to: migrationVersion.nullable(), reason })
export type MigrationsBaseline = z.infer<typeof migrationsBaselineInput>

/** What an apply or a baseline came to. */
export const migrationsRunOutput = z.object({
  runs: z.array(migrationRun),
  current: migrationVersion.nullable(),
})

export const driftWaiver = z.object({
  id: z.string(),
  kind: z.string(),
  identity: z.string(),
  /** Null: the whole object. */
  attribute: z.string().nullable(),
  who: z.string(),
  reason: z.string(),
  /** ISO 8601 date; from the day after it counts as drift again. */
  until: z.string(),
})
export type DriftWaiver = z.infer<typeof driftWaiver>

export const difference = z.object({
  /** `table`, `column`, `constraint`, `index` … as PostgreSQL calls it. */
  kind: z.string(),
  /** As SQL writes it: `public.documents.filename`, `public.f(integer)`. */
  identity: z.string(),
  change: z.enum(['missing', 'unexpected', 'changed']),
  attributes: z.array(
    z.object({ name: z.string(), expected: z.string().nullable(), actual: z.string().nullable() }),
  ),
  /** SQL that makes the database what the migrations say; null where a person must decide. */
  mendDatabase: z.string().nullable(),
  /** SQL for a new migration that adopts what the database has. */
  mendMigrations: z.string().nullable(),
  /** Waivers that cover it now; all attributes covered means it does not count. */
  waivers: z.array(driftWaiver),
  waived: z.boolean(),
})
export type Difference = z.infer<typeof difference>

export const driftReport = z.object({
  checkedAt: z.string(),
  /** Version that was compared at; what is pending is ignored. */
  version: migrationVersion.nullable(),
  shadow: z.enum(['same-server', 'embedded']),
  /** Before the check where an earlier one of the session made it, and nothing has changed that it comes from. */
  shadowMadeAt: z.string(),
  objects: z.int(),
  milliseconds: z.number(),
  differences: z.array(difference),
  /** SQL for one migration that adopts all that counts and that SQL can say, in an order that runs; null: there is nothing. */
  adoption: z.string().nullable(),
  /** What could not be compared, and why. */
  notes: z.array(z.string()),
})
export type DriftReport = z.infer<typeof driftReport>

export const driftWaiveInput = z.object({
  kind: z.string(),
  identity: z.string(),
  attribute: z.string().nullable(),
  reason,
  until: z.iso.date(),
})
export type DriftWaive = z.infer<typeof driftWaiveInput>
export const driftUnwaiveInput = z.object({ id: z.string() })
