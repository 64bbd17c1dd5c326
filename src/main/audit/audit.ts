import { sql } from 'kysely'
import type {
  AuditFacets,
  AuditTimeline,
  AuditTimelineInput,
  AuditUnusual,
  AuditUnusualInput,
  MasksInput,
} from '../../shared/audit.ts'
import type { AuditDays, AuditDaysInput } from '../../shared/audit-days.ts'
import type { Biography, BiographyInput } from '../../shared/row-biography.ts'
import type { Database } from '../session/database.ts'
import { type BiographyRow, biographyRows } from './biography.ts'
import { type DayRow, dayRows } from './days.ts'
import { type FacetRow, facetRows } from './facets.ts'
import { readMasks } from './masks.ts'
import { type TimelineRow, timelineBuckets } from './timeline.ts'
import { unusual, unusualTimeout } from './unusual.ts'

/** The audit trail, `public.audit_logs`, as figures; its rows are read through the grid. */
export const createAudit = (database: Database) => ({
  /** Events per stretch of time and operation, of the part that is asked for. */
  async timeline(input: AuditTimelineInput, signal: AbortSignal): Promise<AuditTimeline> {
    const buckets = await database.query<TimelineRow>(timelineBuckets(input), { signal })
    return {
      from: buckets[0]?.from ?? null,
      to: buckets.at(-1)?.to ?? null,
      total: buckets
        .flatMap(({ counts }) => Object.values(counts ?? {}))
        .reduce((sum, events) => sum + events, 0),
      buckets,
    }
  },

  /** What can be filtered by, the most frequent first. */
  async facets(input: { from: string | null; to: string | null }, signal: AbortSignal): Promise<AuditFacets> {
    const rows = await database.query<FacetRow>(facetRows(input), { signal })
    return {
      actors: rows.flatMap(({ actor, events }) => (actor === null ? [] : [{ actor, events }])),
      ops: rows.flatMap(({ op, events }) => (op === null ? [] : [{ op, events }])),
      roles: rows.flatMap(({ role, events }) => (role === null ? [] : [{ role, events }])),
      apps: rows.flatMap(({ app, events }) => (app === null ? [] : [{ app, events }])),
      tables: rows.flatMap(({ schema, table, events }) =>
        schema === null || table === null ? [] : [{ schema, table, events }],
      ),
    }
  },

  /** What stands out in a period. Fails with `STATEMENT_TIMEOUT` where that takes too long. */
  async unusual(input: AuditUnusualInput, signal: AbortSignal): Promise<AuditUnusual> {
    const [found] = await database.query(unusual(input), { signal, timeout: unusualTimeout })
    if (found === undefined) throw new Error('The summary has no row.')
    return found
  },

  /** What was done day by day. */
  async days(input: AuditDaysInput, signal: AbortSignal): Promise<AuditDays> {
    const rows = await database.query<DayRow>(dayRows(input), { signal })
    return { days: rows.map(({ total: _, ...day }) => day), older: (rows[0]?.total ?? 0) - rows.length }
  },

  /** What was recorded of one row, and what was not. */
  async biography(input: BiographyInput, signal: AbortSignal): Promise<Biography> {
    const rows = await database.query<BiographyRow>(biographyRows(input), { signal })
    return {
      entries: rows.map(({ total: _, ...entry }) => entry),
      older: (rows[0]?.total ?? 0) - rows.length,
      masked: await readMasks(database, input, signal),
    }
  },

  /** Columns of a table that its events show masked. */
  masks: (input: MasksInput, signal: AbortSignal): Promise<string[]> => readMasks(database, input, signal),

  /** Whether changes of a table are recorded, and this session may read them. */
  async recorded({ relation }: { relation: string }, signal: AbortSignal): Promise<boolean> {
    const [found] = await database.query(
      sql<{ recorded: boolean }>`
        select exists (select from pg_trigger where tgrelid = ${relation}::oid and tgname = 'audit_insert')
               and coalesce(has_table_privilege(to_regclass('public.audit_logs'), 'SELECT'), false) as recorded`,
      { signal },
    )
    return found?.recorded === true
  },
})
