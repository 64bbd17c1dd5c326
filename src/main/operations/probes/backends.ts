import { sql } from 'kysely'
import { z } from 'zod'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { endRemedies } from '../end-remedies.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { isOwn, shown } from '../sql-parts.ts'

const row = z.object({
  pid: z.int(),
  user: z.string().nullable(),
  application: z.string().nullable(),
  address: z.string().nullable(),
  database: z.string().nullable(),
  backendType: z.string().nullable(),
  state: z.string().nullable(),
  waitEvent: z.string().nullable(),
  stateSeconds: z.number().nullable(),
  querySeconds: z.number().nullable(),
  xactSeconds: z.number().nullable(),
  horizon: z.number().nullable(),
  since: z.string().nullable(),
  leader: z.int().nullable(),
  queryId: z.string().nullable(),
  query: z.string().nullable(),
})

export const backends = defineProbe({
  id: 'backends',
  title: 'Sessions',
  about: 'Every session but the console’s own, those with the oldest transaction first.',
  section: 'sessions',
  cadence: 'live',
  interval: 5,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: {
    14: sql`
      SELECT a.pid,
             a.usename::text AS "user",
             nullif(a.application_name, '') AS "application",
             coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'socket' END) AS "address",
             a.datname::text AS "database",
             a.backend_type AS "backendType",
             a.state,
             a.wait_event_type || ': ' || a.wait_event AS "waitEvent",
             extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS "stateSeconds",
             CASE WHEN a.state = 'active' THEN extract(epoch FROM clock_timestamp() - a.query_start) END::float8 AS "querySeconds",
             extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS "xactSeconds",
             age(a.backend_xmin)::float8 AS "horizon",
             ${iso(sql`a.backend_start`)} AS "since",
             a.leader_pid AS "leader",
             a.query_id::text AS "queryId",
             left(a.query, 2000) AS "query"
        FROM pg_stat_activity AS a
       WHERE (a.backend_type IN ('client backend', 'walsender', 'autovacuum worker', 'parallel worker') OR a.backend_type LIKE 'logical replication%worker')
         AND NOT ${isOwn}
       ORDER BY a.xact_start NULLS LAST, a.state = 'active' DESC, a.state_change
       ${shown}`,
  },
  row,
  columns: {
    pid: { title: 'PID', kind: 'number' },
    user: { title: 'User', kind: 'text' },
    application: { title: 'Application', kind: 'text' },
    address: { title: 'Address', kind: 'text' },
    database: { title: 'Database', kind: 'text' },
    backendType: { title: 'Kind', kind: 'text' },
    state: { title: 'State', kind: 'text' },
    waitEvent: { title: 'Waits for', kind: 'text' },
    stateSeconds: { title: 'In this state', kind: 'seconds' },
    querySeconds: { title: 'Statement', kind: 'seconds' },
    xactSeconds: { title: 'Transaction', kind: 'seconds' },
    horizon: {
      title: 'Holds back',
      kind: 'count',
      note: 'Transactions whose dead rows VACUUM may not take away',
    },
    since: { title: 'Connected', kind: 'timestamp' },
    leader: { title: 'Leader', kind: 'number', note: 'Of a parallel worker', isHidden: true },
    queryId: { title: 'Statement’s id', kind: 'text', isHidden: true },
    query: { title: 'Statement', kind: 'sql', note: 'The one that runs, or the last that ran' },
  },
  thresholds: {
    idleWarn: { title: 'Time idle in a transaction', unit: 'seconds', verdict: 'warn', standard: 300 },
    activeWarn: { title: 'Time of a statement', unit: 'seconds', verdict: 'warn', standard: 300 },
  },
  judge(rows, { thresholds: { idleWarn, activeWarn } }) {
    const findings = rows.flatMap((backend, index) => {
      if (backend.backendType !== 'client backend') return []
      const about = `Backend ${backend.pid} of ${backend.user ?? 'nobody'}`
      const place = { row: index, remedies: endRemedies(backend) }
      const isIdle = backend.state?.startsWith('idle in transaction') === true
      return [
        ...judged(isIdle ? backend.stateSeconds : null, [idleWarn], {
          ...place,
          text: `${about} has been idle in a transaction for ${formatSeconds(backend.stateSeconds ?? 0)}.`,
        }),
        ...judged(backend.querySeconds, [activeWarn], {
          ...place,
          text: `${about} has run one statement for ${formatSeconds(backend.querySeconds ?? 0)}.`,
        }),
      ]
    })
    const clients = rows.filter(({ backendType }) => backendType === 'client backend')
    const active = clients.filter(({ state }) => state === 'active').length
    return { summary: `${counted(clients.length, 'session')}, ${active} active.`, findings }
  },
})
