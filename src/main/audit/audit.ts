import type { AuditFacets, AuditTimeline, AuditTimelineInput } from '../../shared/audit.ts'
import type { Database } from '../session/database.ts'
import { type FacetRow, facetRows } from './facets.ts'
import { type TimelineRow, timelineBuckets } from './timeline.ts'

/** The audit trail, `public.audit_logs`, as figures; its rows are read through the grid. */
export const createAudit = (database: Database) => ({
  /** Events per stretch of time and operation. */
  async timeline(input: AuditTimelineInput, signal: AbortSignal): Promise<AuditTimeline> {
    const buckets = await database.query<TimelineRow>(timelineBuckets(input), { signal })
    return {
      from: buckets[0]?.from ?? null,
      to: buckets.at(-1)?.to ?? null,
      total: buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, events) => sum + events, 0),
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
})
