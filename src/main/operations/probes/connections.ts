import { sql } from 'kysely'
import { z } from 'zod'
import { judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { isOwn } from '../sql-parts.ts'

const row = z.object({
  used: z.int(),
  own: z.int(),
  max: z.int(),
  reserved: z.int(),
  usedPercent: z.number(),
  active: z.int(),
  idle: z.int(),
  idleInTransaction: z.int(),
  waiting: z.int(),
})

export const connections = defineProbe({
  id: 'connections',
  title: 'Connections',
  about: 'How many of the connections that the server allows are taken.',
  section: 'sessions',
  cadence: 'live',
  interval: 5,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: {
    14: sql`
      SELECT count(*)::int AS "used",
             (count(*) FILTER (WHERE own))::int AS "own",
             current_setting('max_connections')::int AS "max",
             (current_setting('superuser_reserved_connections')::int
               + coalesce(current_setting('reserved_connections', true)::int, 0)) AS "reserved",
             (100.0 * count(*) / current_setting('max_connections')::int)::float8 AS "usedPercent",
             (count(*) FILTER (WHERE state = 'active' AND NOT own))::int AS "active",
             (count(*) FILTER (WHERE state = 'idle' AND NOT own))::int AS "idle",
             (count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND NOT own))::int AS "idleInTransaction",
             (count(*) FILTER (WHERE wait_event_type = 'Lock' AND NOT own))::int AS "waiting"
        FROM (SELECT a.*, ${isOwn} AS own FROM pg_stat_activity AS a WHERE a.backend_type = 'client backend') AS backends`,
  },
  row,
  columns: {
    used: { title: 'Used', kind: 'count', note: 'With those of the console: each takes a place' },
    own: { title: 'Of the console', kind: 'count' },
    max: { title: 'Allowed', kind: 'count', note: 'max_connections' },
    reserved: {
      title: 'Reserved',
      kind: 'count',
      note: 'For superusers, and since 16 for pg_use_reserved_connections',
    },
    usedPercent: { title: 'Used', kind: 'percent' },
    active: { title: 'Active', kind: 'count' },
    idle: { title: 'Idle', kind: 'count' },
    idleInTransaction: { title: 'Idle in transaction', kind: 'count' },
    waiting: { title: 'Waiting for a lock', kind: 'count' },
  },
  thresholds: {
    usedWarn: { title: 'Connections taken', unit: 'percent', verdict: 'warn', standard: 80 },
    usedCritical: { title: 'Connections taken', unit: 'percent', verdict: 'critical', standard: 95 },
  },
  judge([found], { thresholds: { usedWarn, usedCritical } }) {
    if (found === undefined) return { summary: 'Nothing was said.', findings: [] }
    const { used, max, own, usedPercent } = found
    const summary = `${used} of ${max} connections are taken, ${own} by the console.`
    return {
      summary,
      findings: judged(usedPercent, [usedWarn, usedCritical], {
        text: summary,
        row: 0,
        remedies: [
          {
            text: 'Look for sessions that nobody uses; put a pooler in between before max_connections is raised.',
            sql: null,
          },
        ],
      }),
    }
  },
})
