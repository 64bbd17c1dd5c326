import { sql } from 'kysely'
import { z } from 'zod'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { blockingTree } from '../blocking-tree.ts'
import { endRemedies } from '../end-remedies.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'

const row = z.object({
  pid: z.int(),
  blockedBy: z.array(z.string()),
  user: z.string().nullable(),
  application: z.string().nullable(),
  address: z.string().nullable(),
  database: z.string().nullable(),
  backendType: z.string().nullable(),
  state: z.string().nullable(),
  waitsFor: z.string().nullable(),
  waitSeconds: z.number().nullable(),
  holds: z.array(z.string()),
  xactSeconds: z.number().nullable(),
  since: z.string().nullable().default(null),
  query: z.string().nullable(),
  /** Made by `blockingTree`. */
  root: z.int().default(0),
  depth: z.int().default(0),
  blocks: z.int().default(0),
})
export type LockRow = z.infer<typeof row>

const nameOf = ({ pid, user }: Pick<LockRow, 'pid' | 'user'>): string =>
  pid === 0 ? 'A prepared transaction' : `Backend ${pid}${user === null ? '' : ` of ${user}`}`

export const locks = defineProbe({
  id: 'locks',
  title: 'Blocking',
  about: 'Who waits for whose lock, as trees: the root is the one that everybody below waits for.',
  section: 'sessions',
  cadence: 'live',
  interval: 5,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  // pg_blocking_pids() knows the queue, which a join of pg_locks with itself does not. pg_locks is read once, and only where somebody waits.
  sql: {
    14: sql`
      WITH waiting AS MATERIALIZED (
        SELECT a.pid, pg_blocking_pids(a.pid) AS blockers
          FROM pg_stat_activity AS a
         WHERE a.wait_event_type = 'Lock' AND a.pid <> pg_backend_pid()
         ORDER BY a.query_start
         LIMIT 500),
      involved AS MATERIALIZED (
        SELECT w.pid FROM waiting AS w WHERE cardinality(w.blockers) > 0
         UNION
        SELECT unnest(w.blockers) FROM waiting AS w),
      locks AS MATERIALIZED (
        SELECT l.* FROM pg_locks AS l
         WHERE (SELECT count(*) FROM involved) > 0 AND l.pid IN (SELECT pid FROM involved)),
      wanted AS MATERIALIZED (
        SELECT DISTINCT ON (l.pid) l.*
          FROM locks AS l
         WHERE NOT l.granted
         ORDER BY l.pid, l.waitstart),
      places AS MATERIALIZED (
        SELECT w.database, w.relation,
               CASE WHEN w.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                    THEN w.relation::regclass::text ELSE 'relation ' || w.relation END AS name
          FROM (SELECT DISTINCT database, relation FROM wanted WHERE relation IS NOT NULL) AS w),
      -- A transaction may hold ten thousand locks: only those on what somebody waits for are of interest.
      held AS MATERIALIZED (
        SELECT l.pid, (array_agg(DISTINCT l.mode || ' on ' || p.name))[1:5] AS locks
          FROM locks AS l
          JOIN places AS p ON p.database = l.database AND p.relation = l.relation
         WHERE l.granted AND l.locktype = 'relation'
         GROUP BY l.pid)
      SELECT i.pid,
             coalesce(w.blockers, '{}')::text[] AS "blockedBy",
             a.usename::text AS "user",
             a.application_name AS "application",
             coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'socket' END) AS "address",
             a.datname::text AS "database",
             a.backend_type AS "backendType",
             a.state,
             CASE WHEN wanted.locktype IN ('transactionid', 'virtualxid') THEN 'the end of a transaction'
                  WHEN wanted.locktype = 'advisory' THEN wanted.mode || ' on advisory lock ' || wanted.classid || ', ' || wanted.objid
                  WHEN wanted.locktype = 'tuple' THEN wanted.mode || ' on a row of ' || p.name
                  ELSE wanted.mode || ' on ' || coalesce(p.name, wanted.locktype) END AS "waitsFor",
             CASE WHEN w.pid IS NOT NULL
                  THEN extract(epoch FROM clock_timestamp() - coalesce(wanted.waitstart, a.query_start)) END::float8 AS "waitSeconds",
             coalesce(held.locks, '{}') AS "holds",
             extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS "xactSeconds",
             ${iso(sql`a.backend_start`)} AS "since",
             left(a.query, 2000) AS "query"
        FROM involved AS i
        LEFT JOIN waiting AS w ON w.pid = i.pid
        LEFT JOIN wanted ON wanted.pid = i.pid AND w.pid IS NOT NULL
        LEFT JOIN places AS p ON p.database = wanted.database AND p.relation = wanted.relation
        LEFT JOIN held ON held.pid = i.pid
        LEFT JOIN pg_stat_activity AS a ON a.pid = i.pid`,
  },
  row,
  arrange: blockingTree,
  columns: {
    pid: { title: 'PID', kind: 'number', note: '0: a prepared transaction' },
    blockedBy: { title: 'Blocked by', kind: 'list' },
    user: { title: 'User', kind: 'text' },
    application: { title: 'Application', kind: 'text' },
    address: { title: 'Address', kind: 'text' },
    database: { title: 'Database', kind: 'text' },
    backendType: { title: 'Kind', kind: 'text', isHidden: true },
    state: { title: 'State', kind: 'text' },
    waitsFor: { title: 'Waits for', kind: 'text' },
    waitSeconds: { title: 'Waits', kind: 'seconds' },
    holds: { title: 'Holds', kind: 'list' },
    xactSeconds: { title: 'Transaction', kind: 'seconds' },
    since: { title: 'Connected', kind: 'timestamp', isHidden: true },
    query: { title: 'Statement', kind: 'sql', note: 'The one that runs, or the last that ran' },
    root: { title: 'Root', kind: 'number', isHidden: true },
    depth: { title: 'Depth', kind: 'count', isHidden: true },
    blocks: { title: 'Keeps waiting', kind: 'count', note: 'Backends below it' },
  },
  thresholds: {
    waitWarn: { title: 'Time that a backend waits', unit: 'seconds', verdict: 'warn', standard: 5 },
    waitCritical: { title: 'Time that a backend waits', unit: 'seconds', verdict: 'critical', standard: 60 },
    treeWarn: { title: 'Backends that one keeps waiting', unit: 'count', verdict: 'warn', standard: 6 },
  },
  judge(rows, { thresholds: { waitWarn, waitCritical, treeWarn } }) {
    const findings = rows.flatMap((root, index) => {
      if (root.depth > 0) return []
      const below = rows.filter((one) => one.root === root.pid && one.depth > 0)
      const longest = Math.max(0, ...below.map(({ waitSeconds }) => waitSeconds ?? 0))
      const about = `${nameOf(root)} (${root.state ?? 'no state'}) keeps ${counted(root.blocks, 'backend')} waiting`
      const place = { row: index, remedies: endRemedies(root) }
      return [
        ...judged(longest, [waitWarn, waitCritical], {
          ...place,
          text: `${about}, one of them for ${formatSeconds(longest)}.`,
        }),
        ...judged(root.blocks, [treeWarn], { ...place, text: `${about}.` }),
      ]
    })
    const waiting = rows.filter(({ blockedBy }) => blockedBy.length > 0).length
    return {
      summary:
        waiting === 0
          ? 'Nobody waits for a lock.'
          : `${counted(waiting, 'backend waits', 'backends wait')} behind ${counted(rows.filter(({ depth }) => depth === 0).length, 'root')}.`,
      findings,
    }
  },
})
