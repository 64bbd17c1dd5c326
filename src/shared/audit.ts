import { z } from 'zod'
import { oid } from './catalog.ts'
import { workingHours } from './working-hours.ts'

/** What an audit event records. */
export const auditOps = ['INSERT', 'UPDATE', 'DELETE', 'SNAPSHOT', 'DDL', 'ACCESS', 'NOTE'] as const

const time = z.iso.datetime({ offset: true })
/** Null: from the first event, or to the last. */
const period = { from: time.nullable(), to: time.nullable() }

/** Empty lists and nulls ask for everything; all that is set must hold. Tables are named with their schema as `facets` gives them. */
export const auditFilters = z.object({
  ops: z.array(z.enum(auditOps)).max(auditOps.length),
  actors: z.array(z.string()).max(100),
  tables: z.array(z.object({ schema: z.string(), table: z.string() })).max(100),
  /** In whose name it was done: SET ROLE. */
  roles: z.array(z.string()).max(100),
  apps: z.array(z.string()).max(100),
  /** The key of one row, as the trail writes it. */
  row: z.string().nullable(),
  /** A column that an insert set or an update changed. */
  column: z.string().nullable(),
  /** What belongs to one transaction. */
  transaction: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullable(),
  withoutReason: z.boolean(),
  /** By another program than the console, as it says itself. */
  withoutConsole: z.boolean(),
  outsideHours: workingHours.nullable(),
})
export type AuditFilters = z.infer<typeof auditFilters>

export const noAuditFilters: AuditFilters = {
  ops: [],
  actors: [],
  tables: [],
  roles: [],
  apps: [],
  row: null,
  column: null,
  transaction: null,
  withoutReason: false,
  withoutConsole: false,
  outsideHours: null,
}

export const auditTimelineInput = z.object({
  ...period,
  buckets: z.int().min(1).max(500),
  /** Buckets to count the events of, both inclusive: a long period is counted part by part. Null: all of them. */
  part: z.object({ first: z.int().min(0), last: z.int().min(0) }).nullable(),
  filters: auditFilters,
})
export type AuditTimelineInput = z.infer<typeof auditTimelineInput>

/**
 * `buckets` equal stretches of time, `from` inclusive, `to` exclusive; `counts` are null outside of the part that was asked for, and
 * `total` is that part's. Null bounds: there are no events.
 */
export const auditTimelineOutput = z.object({
  from: time.nullable(),
  to: time.nullable(),
  total: z.int(),
  buckets: z.array(z.object({ from: time, to: time, counts: z.record(z.string(), z.int()).nullable() })),
})
export type AuditTimeline = z.infer<typeof auditTimelineOutput>

/** The values that a facet lists at most: the most frequent ones. */
export const facetLimit = 100

export const auditFacetsInput = z.object(period)
export const auditFacetsOutput = z.object({
  actors: z.array(z.object({ actor: z.string(), events: z.int() })),
  tables: z.array(z.object({ schema: z.string(), table: z.string(), events: z.int() })),
  ops: z.array(z.object({ op: z.string(), events: z.int() })),
  roles: z.array(z.object({ role: z.string(), events: z.int() })),
  apps: z.array(z.object({ app: z.string(), events: z.int() })),
})
export type AuditFacets = z.infer<typeof auditFacetsOutput>

/** What changes something. */
export const changeOps = [
  'INSERT',
  'UPDATE',
  'DELETE',
  'DDL',
] as const satisfies readonly (typeof auditOps)[number][]

export const auditUnusualInput = z.object({
  ...period,
  /** Rows of one table that one transaction deletes, from which on that is many. */
  bulk: z.int().min(2),
  hours: workingHours,
})
export type AuditUnusualInput = z.infer<typeof auditUnusualInput>

/** What a reviewer should look at, of a period. Counts are of events; of those that change something where it says changes. */
export const auditUnusualOutput = z.object({
  /** The largest first, ten at most. */
  bulkDeletes: z.array(
    z.object({ transaction: z.string(), schema: z.string(), table: z.string(), rows: z.int() }),
  ),
  /** Who did something for the first time; ten at most. Nobody where the period has no beginning. */
  newActors: z.array(z.string()),
  ddl: z.int(),
  /** Changes by another program than the console. */
  withoutConsole: z.int(),
  outsideHours: z.int(),
  withoutReason: z.int(),
})
export type AuditUnusual = z.infer<typeof auditUnusualOutput>

export const auditRecordedInput = z.object({ relation: oid })
/** Whether changes of a table are recorded, and this session may read them. */
export const auditRecordedOutput = z.boolean()

export const masksInput = z.object({ schema: z.string(), table: z.string() })
export type MasksInput = z.infer<typeof masksInput>
/** Columns of a table that `audit_logs` shows masked. */
export const masksOutput = z.array(z.string())
