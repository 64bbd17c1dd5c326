import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'
import { reason } from './reason.ts'

/** Whether an act leaves an event in the audit trail of this database, with its reason; where not, the text says why. */
export const actRecording = z.object({ isRecorded: z.boolean(), text: z.string() })
export type ActRecording = z.infer<typeof actRecording>

/** `cancel`: the statement that runs. `terminate`: the session, with its transaction. */
export const endWays = ['cancel', 'terminate'] as const
export type EndWay = (typeof endWays)[number]

export const endBackendPlanInput = z.object({
  pid: z.int().positive(),
  /** `since` of the probes, to the microsecond: pids are used again. */
  since: z.iso.datetime(),
})
export type EndBackendPlanInput = z.infer<typeof endBackendPlanInput>

/** A backend as `pg_stat_activity` has it. Times in seconds. */
export const endableBackend = z.object({
  pid: z.int(),
  since: z.string(),
  user: z.string().nullable(),
  application: z.string().nullable(),
  address: z.string().nullable(),
  database: z.string().nullable(),
  backendType: z.string().nullable(),
  state: z.string().nullable(),
  waitEvent: z.string().nullable(),
  /** When its statement began, ISO 8601 UTC: goes back with `cancel`, so that no other statement is hit. */
  queryStart: z.string().nullable(),
  querySeconds: z.number().nullable(),
  xactSeconds: z.number().nullable(),
  query: z.string().nullable(),
  /** Null: it has written nothing, so that nothing of it rolls back. */
  xid: z.string().nullable(),
  /** Transactions that began since. */
  xidAge: z.number().nullable(),
  locks: z.int(),
  /** `AccessExclusiveLock on public.orders`; at most twenty, tables of the system last. */
  lockedRelations: z.array(z.string()),
  /** Backends that wait for its locks, also those behind others. */
  waiting: z.int(),
})
export type EndableBackend = z.infer<typeof endableBackend>

/** What one way of ending it does: what happens, sentence by sentence, or why it is refused. */
const endEffect = z.object({ effects: z.array(z.string()), refusal: consoleErrorShape.nullable() })
export type EndEffect = z.infer<typeof endEffect>

export const endBackendPlan = z.object({
  backend: endableBackend,
  cancel: endEffect,
  terminate: endEffect,
  recording: actRecording,
})
export type EndBackendPlan = z.infer<typeof endBackendPlan>

export const endBackendInput = endBackendPlanInput.extend({
  how: z.enum(endWays),
  /** Of the plan; null with `terminate`, or to cancel whatever runs. */
  queryStart: z.iso.datetime().nullable(),
  reason,
})
export type EndBackendInput = z.infer<typeof endBackendInput>

/** What was seen of it afterwards. `gone`: the session. `ended`: its statement. `running`: neither, within the time that was waited. */
export const endBackendOutput = z.object({
  outcome: z.enum(['gone', 'ended', 'running']),
  text: z.string(),
  recording: actRecording,
})
export type EndBackendOutput = z.infer<typeof endBackendOutput>

export const maintenanceKinds = ['vacuum', 'vacuum-analyze', 'analyze', 'reindex-concurrently'] as const
export type MaintenanceKind = (typeof maintenanceKinds)[number]

export const maintainInput = z.object({
  /** As SQL writes it, with its schema, and as the probes print it: `public."Order"`. An index only to reindex it. */
  relation: z.string().min(1).max(300),
  what: z.enum(maintenanceKinds),
  reason,
})
export type MaintainInput = z.infer<typeof maintainInput>

/** Rows by the statistics, null of an index; bytes with TOAST. Partitions together. */
const relationFigures = z.object({
  deadRows: z.number().nullable(),
  liveRows: z.number().nullable(),
  bytes: z.number(),
  indexBytes: z.number(),
})
export type RelationFigures = z.infer<typeof relationFigures>

/** Result of a job `maintain`. One that did nothing fails, and says what is missing. */
export const maintenanceResult = z.object({
  relation: z.string(),
  before: relationFigures,
  after: relationFigures,
  seconds: z.number(),
  /** What came of it, sentence by sentence. */
  notes: z.array(z.string()),
  /** What the server warned of. */
  warnings: z.array(z.string()),
  recording: actRecording,
})
export type MaintenanceResult = z.infer<typeof maintenanceResult>

/** A statement of `pg_stat_statements`, by the columns of the probe of slow statements. */
export const statementRef = z.object({
  queryId: z.string().regex(/^-?\d{1,19}$/),
  user: z.string(),
  database: z.string(),
})
export type StatementRef = z.infer<typeof statementRef>

/** The whole text, without passwords. `refusal`: why it cannot be explained. */
export const statementText = z.object({ text: z.string(), refusal: consoleErrorShape.nullable() })
export type StatementText = z.infer<typeof statementText>

/** A generic plan, for whatever values. */
export const explained = z.object({
  /** As psql shows it. */
  text: z.string(),
  /** `EXPLAIN (FORMAT JSON)`. */
  json: z.unknown(),
  /** With whose rights, row security included: who ran it, where the session may become that role. */
  plannedAs: z.string(),
})
export type Explained = z.infer<typeof explained>

export const resetStatementsInput = z.object({
  /** Null: all statements of all databases. */
  only: statementRef.nullable(),
  reason,
})
export type ResetStatementsInput = z.infer<typeof resetStatementsInput>

export const reviewBackupsInput = z.object({
  /** Ids of `ops.backup_run`. */
  backups: z
    .array(z.string().regex(/^\d{1,18}$/))
    .min(1)
    .max(500),
  verdict: z.enum(['accepted', 'objected']),
  /** Last day, in UTC, on which the next review is in time. */
  nextDue: z.iso.date(),
  /** What was looked at and found. */
  reason,
})
export type ReviewBackupsInput = z.infer<typeof reviewBackupsInput>
export const waiveFindingInput = z.object({
  probe: z.string().min(1).max(63),
  /** In the words of its check. */
  finding: z.string().min(1).max(4000),
  /** Last day on which it is accepted; null: it counts again. */
  until: z.iso.date().nullable(),
  reason,
})
export type WaiveFindingInput = z.infer<typeof waiveFindingInput>
export const waiveFindingOutput = z.object({ text: z.string() })

/** What was done, in one sentence. */
export const actDone = z.object({ text: z.string(), recording: actRecording })
export type ActDone = z.infer<typeof actDone>

export const slotInput = z.object({ name: z.string().min(1).max(63) })

export const dropSlotPlan = z.object({
  slot: z.object({
    name: z.string(),
    kind: z.string(),
    database: z.string().nullable(),
    isActive: z.boolean(),
    /** Bytes of WAL that are kept for it; null: none any more. */
    retained: z.number().nullable(),
    /** Transactions that it holds VACUUM back for. */
    xminAge: z.number().nullable(),
  }),
  effects: z.array(z.string()),
  refusal: consoleErrorShape.nullable(),
  recording: actRecording,
})
export type DropSlotPlan = z.infer<typeof dropSlotPlan>

/** `typedName`: as the person typed it. */
export const dropSlotInput = slotInput.extend({ typedName: z.string(), reason })
export type DropSlotInput = z.infer<typeof dropSlotInput>

/** Of a standby. `requested`: it pauses at the next record. */
export const replayStates = ['running', 'requested', 'paused'] as const

export const replayPlan = z.object({
  state: z.enum(replayStates),
  /** Bytes that were received and are not replayed. */
  waiting: z.number().nullable(),
  effects: z.object({ pause: z.array(z.string()), resume: z.array(z.string()) }),
  refusal: consoleErrorShape.nullable(),
  recording: actRecording,
})
export type ReplayPlan = z.infer<typeof replayPlan>

export const setReplayInput = z.object({ act: z.enum(['pause', 'resume']), reason })
export type SetReplayInput = z.infer<typeof setReplayInput>

export const setReplayOutput = actDone.extend({ state: z.enum(replayStates) })
export type SetReplayOutput = z.infer<typeof setReplayOutput>
