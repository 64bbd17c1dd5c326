import { sql } from 'kysely'
import { z } from 'zod'
import { hiddenSessions } from '../needs.ts'
import { defineProbe } from '../probe.ts'
import { isOwn, walEnd } from '../sql-parts.ts'

const counter = z.number()

const row = z.object({
  at: z.number(),
  commits: counter,
  rollbacks: counter,
  ownTransactions: counter,
  blocksHit: counter,
  blocksRead: counter,
  rowsReturned: counter,
  rowsFetched: counter,
  rowsInserted: counter,
  rowsUpdated: counter,
  rowsDeleted: counter,
  tempBytes: counter,
  deadlocks: counter,
  conflicts: counter,
  statsReset: z.number().nullable(),
  walBytes: z.number().nullable(),
  connections: z.int().nullable(),
  active: z.int().nullable(),
  idle: z.int().nullable(),
  idleInTransaction: z.int().nullable(),
  waiting: z.int().nullable(),
  longestTransaction: z.number().nullable(),
  standbyBytes: z.number().nullable(),
  standbySeconds: z.number().nullable(),
  receiverBytes: z.number().nullable(),
})

const hidden = { isHidden: true } as const

/** Of the backends, which are null for who may not see what they do. */
const seen = (value: ReturnType<typeof sql>) => sql`CASE WHEN backends.visible THEN ${value} END`

export const metrics = defineProbe({
  id: 'metrics',
  title: 'Counters',
  about:
    'All that the overview’s charts are made of, in one statement: counters since the last reset, and what is so right now.',
  section: 'overview',
  cadence: 'live',
  interval: 5,
  needs: [],
  sql: {
    14: (server) => sql`
      SELECT extract(epoch FROM clock_timestamp())::float8 AS "at",
             counters.*,
             ${sql.lit(server.ownTransactions)}::float8 AS "ownTransactions",
             pg_wal_lsn_diff(${walEnd}, '0/0')::float8 AS "walBytes",
             ${seen(sql`backends.connections`)} AS "connections",
             ${seen(sql`backends.active`)} AS "active",
             ${seen(sql`backends.idle`)} AS "idle",
             ${seen(sql`backends.in_transaction`)} AS "idleInTransaction",
             ${seen(sql`backends.waiting`)} AS "waiting",
             ${seen(sql`coalesce(backends.longest, 0)`)} AS "longestTransaction",
             standbys.bytes AS "standbyBytes",
             standbys.seconds AS "standbySeconds",
             (SELECT greatest(pg_wal_lsn_diff(r.latest_end_lsn, pg_last_wal_replay_lsn()), 0)::float8
                FROM pg_stat_wal_receiver AS r) AS "receiverBytes"
        FROM (SELECT sum(xact_commit)::float8 AS "commits", sum(xact_rollback)::float8 AS "rollbacks",
                     sum(blks_hit)::float8 AS "blocksHit", sum(blks_read)::float8 AS "blocksRead",
                     sum(tup_returned)::float8 AS "rowsReturned", sum(tup_fetched)::float8 AS "rowsFetched",
                     sum(tup_inserted)::float8 AS "rowsInserted", sum(tup_updated)::float8 AS "rowsUpdated",
                     sum(tup_deleted)::float8 AS "rowsDeleted", sum(temp_bytes)::float8 AS "tempBytes",
                     sum(deadlocks)::float8 AS "deadlocks", sum(conflicts)::float8 AS "conflicts",
                     extract(epoch FROM max(stats_reset))::float8 AS "statsReset"
                FROM pg_stat_database) AS counters
       CROSS JOIN (SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS visible,
                          count(*)::int AS connections,
                          (count(*) FILTER (WHERE a.state = 'active'))::int AS active,
                          (count(*) FILTER (WHERE a.state = 'idle'))::int AS idle,
                          (count(*) FILTER (WHERE a.state LIKE 'idle in transaction%'))::int AS in_transaction,
                          (count(*) FILTER (WHERE a.wait_event_type = 'Lock'))::int AS waiting,
                          extract(epoch FROM clock_timestamp() - min(a.xact_start))::float8 AS longest
                     FROM pg_stat_activity AS a
                    WHERE a.backend_type = 'client backend' AND NOT ${isOwn}) AS backends
       CROSS JOIN (SELECT max(pg_wal_lsn_diff(${walEnd}, r.replay_lsn))::float8 AS bytes,
                          max(extract(epoch FROM CASE WHEN r.replay_lsn < ${walEnd} THEN r.replay_lag ELSE '0' END))::float8 AS seconds
                     FROM pg_stat_replication AS r
                    WHERE r.state <> 'backup') AS standbys`,
  },
  row,
  columns: {
    at: { title: 'At', kind: 'seconds', note: 'Seconds since 1970 by the server’s clock', ...hidden },
    commits: { title: 'Commits', kind: 'count' },
    rollbacks: { title: 'Rollbacks', kind: 'count' },
    ownTransactions: {
      title: 'Of the console',
      kind: 'count',
      note: 'Commits that these probes made: take them off',
      ...hidden,
    },
    blocksHit: { title: 'Pages found in memory', kind: 'count' },
    blocksRead: { title: 'Pages read', kind: 'count' },
    rowsReturned: { title: 'Rows read', kind: 'count' },
    rowsFetched: { title: 'Rows fetched by index', kind: 'count' },
    rowsInserted: { title: 'Rows inserted', kind: 'count' },
    rowsUpdated: { title: 'Rows updated', kind: 'count' },
    rowsDeleted: { title: 'Rows deleted', kind: 'count' },
    tempBytes: { title: 'Temporary files', kind: 'bytes' },
    deadlocks: { title: 'Deadlocks', kind: 'count' },
    conflicts: { title: 'Cancelled by replay', kind: 'count' },
    statsReset: {
      title: 'Reset',
      kind: 'seconds',
      note: 'Seconds since 1970; another one than before: the counters began anew',
      ...hidden,
    },
    walBytes: { title: 'WAL', kind: 'bytes', note: 'Position: the difference of two is what was written' },
    connections: { title: 'Connections', kind: 'count' },
    active: { title: 'Active', kind: 'count' },
    idle: { title: 'Idle', kind: 'count' },
    idleInTransaction: { title: 'Idle in transaction', kind: 'count' },
    waiting: { title: 'Waiting for a lock', kind: 'count' },
    longestTransaction: { title: 'Longest transaction', kind: 'seconds' },
    standbyBytes: { title: 'Furthest standby', kind: 'bytes', note: 'Empty where none streams from here' },
    standbySeconds: { title: 'Slowest standby', kind: 'seconds' },
    receiverBytes: {
      title: 'Behind the sender',
      kind: 'bytes',
      note: 'Of a standby; empty where nothing is received',
    },
  },
  thresholds: {},
  judge([found], { server }) {
    if (found === undefined) return { summary: 'Nothing was said.', findings: [] }
    const { commits, rollbacks } = found
    return {
      summary: `${(commits + rollbacks).toLocaleString('en')} transactions since the counters began.`,
      findings: !server.seesAll
        ? [hiddenSessions(server, 'the count of sessions, with the lag of standbys,')]
        : [],
    }
  },
})
