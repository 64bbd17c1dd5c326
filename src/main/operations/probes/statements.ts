import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type ProbeSql } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  queryId: z.string().nullable(),
  database: z.string().nullable(),
  user: z.string().nullable(),
  isTop: z.boolean(),
  query: z.string().nullable(),
  calls: z.number(),
  share: z.number().nullable(),
  totalTime: z.number(),
  meanTime: z.number(),
  maxTime: z.number(),
  spread: z.number(),
  planTime: z.number(),
  rows: z.number(),
  blocksHit: z.number(),
  blocksRead: z.number(),
  blocksWritten: z.number(),
  tempBlocks: z.number(),
  ioTime: z.number(),
  walBytes: z.number(),
  evictionsADay: z.number().nullable(),
  resetAt: z.string().nullable(),
})

/** `1.10` is newer than `1.9`. */
const atLeast = (version: string, minor: number): boolean => Number(version.split('.')[1]) >= minor

/** Rows in the first places by time, mean, calls, reading and WAL: whatever the list is sorted by, its top is there. */
const places = 60

/** The extension may be older than its server: columns go by its own version. */
const statement: ProbeSql = (server) => {
  const { version, schema } = server.extensions.get('pg_stat_statements') ?? {
    version: '1.8',
    schema: 'public',
  }
  const its = (name: string): RawBuilder<unknown> => sql`${sql.id(schema)}.${sql.id(name)}`
  const level = atLeast(version, 9) ? sql`s.toplevel` : sql`true`
  const ioTime = atLeast(version, 11)
    ? sql`s.shared_blk_read_time + s.shared_blk_write_time + s.local_blk_read_time + s.local_blk_write_time`
    : sql`s.blk_read_time + s.blk_write_time`
  const info = atLeast(version, 9)
    ? sql`SELECT dealloc, stats_reset FROM ${its('pg_stat_statements_info')}`
    : sql`SELECT NULL::bigint AS dealloc, NULL::timestamptz AS stats_reset`
  return sql`
    WITH texts AS MATERIALIZED (
      SELECT s.userid, s.dbid, s.queryid, ${level} AS level, left(s.query, 4000) AS query FROM ${its('pg_stat_statements')}(true) AS s),
    stats AS MATERIALIZED (
      SELECT s.*, ${level} AS level, ${ioTime} AS io_time
        FROM ${its('pg_stat_statements')}(false) AS s
       WHERE NOT EXISTS (SELECT
                           FROM texts AS t
                          WHERE t.userid = s.userid AND t.dbid = s.dbid AND t.queryid = s.queryid AND t.level = ${level}
                            AND t.query LIKE '/* viruj-console%')),
    ranked AS (
      SELECT s.*, sum(s.total_exec_time) OVER () AS all_time,
             least(row_number() OVER (ORDER BY s.total_exec_time DESC),
                   row_number() OVER (ORDER BY s.mean_exec_time DESC),
                   row_number() OVER (ORDER BY s.calls DESC),
                   row_number() OVER (ORDER BY s.shared_blks_read + s.temp_blks_read DESC),
                   row_number() OVER (ORDER BY s.wal_bytes DESC)) AS place
        FROM stats AS s),
    top AS MATERIALIZED (SELECT * FROM ranked WHERE place <= ${sql.lit(places)})
    SELECT top.queryid::text AS "queryId",
           d.datname::text AS "database",
           r.rolname::text AS "user",
           top.level AS "isTop",
           texts.query AS "query",
           top.calls::float8 AS "calls",
           100 * top.total_exec_time / nullif(top.all_time, 0) AS "share",
           top.total_exec_time AS "totalTime",
           top.mean_exec_time AS "meanTime",
           top.max_exec_time AS "maxTime",
           top.stddev_exec_time AS "spread",
           top.total_plan_time AS "planTime",
           top.rows::float8 AS "rows",
           top.shared_blks_hit::float8 AS "blocksHit",
           top.shared_blks_read::float8 AS "blocksRead",
           top.shared_blks_written::float8 AS "blocksWritten",
           (top.temp_blks_read + top.temp_blks_written)::float8 AS "tempBlocks",
           top.io_time AS "ioTime",
           top.wal_bytes::float8 AS "walBytes",
           (86400 * info.dealloc / nullif(extract(epoch FROM clock_timestamp() - info.stats_reset), 0))::float8 AS "evictionsADay",
           ${iso(sql`info.stats_reset`)} AS "resetAt"
      FROM top
      LEFT JOIN texts ON texts.userid = top.userid AND texts.dbid = top.dbid AND texts.queryid = top.queryid AND texts.level = top.level
      LEFT JOIN pg_database AS d ON d.oid = top.dbid
      LEFT JOIN pg_roles AS r ON r.oid = top.userid
     CROSS JOIN (${info}) AS info
     ORDER BY top.total_exec_time DESC
     ${shown}`
}

export const statements = defineProbe({
  id: 'statements',
  title: 'Slow statements',
  about:
    'What takes the server’s time, by pg_stat_statements since its last reset; the console’s own statements are left out.',
  section: 'statements',
  cadence: 'daily',
  interval: 60,
  timeout: 15_000,
  needs: [
    { kind: 'extension', name: 'pg_stat_statements' },
    { kind: 'role', name: 'pg_read_all_stats' },
  ],
  sql: { 14: statement },
  row,
  columns: {
    queryId: { title: 'Id', kind: 'text', isHidden: true },
    database: { title: 'Database', kind: 'text' },
    user: { title: 'User', kind: 'text' },
    isTop: { title: 'Sent by a client itself', kind: 'boolean', isHidden: true },
    query: { title: 'Statement', kind: 'sql' },
    calls: { title: 'Calls', kind: 'count' },
    share: { title: 'Share', kind: 'percent', note: 'Of the time of all statements' },
    totalTime: { title: 'Total', kind: 'milliseconds' },
    meanTime: { title: 'Mean', kind: 'milliseconds' },
    maxTime: { title: 'Longest', kind: 'milliseconds' },
    spread: { title: 'Spread', kind: 'milliseconds', note: 'Standard deviation' },
    planTime: {
      title: 'Planning',
      kind: 'milliseconds',
      note: 'Where pg_stat_statements.track_planning is on',
    },
    rows: { title: 'Rows', kind: 'count' },
    blocksHit: { title: 'Pages hit', kind: 'count' },
    blocksRead: { title: 'Pages read', kind: 'count' },
    blocksWritten: { title: 'Pages written', kind: 'count' },
    tempBlocks: { title: 'Temporary pages', kind: 'count' },
    ioTime: { title: 'Reading and writing', kind: 'milliseconds', note: 'Where track_io_timing is on' },
    walBytes: { title: 'WAL', kind: 'bytes' },
    evictionsADay: { title: 'Evictions a day', kind: 'count', isHidden: true },
    resetAt: { title: 'Since', kind: 'timestamp', isHidden: true },
  },
  thresholds: {
    meanWarn: { title: 'Mean time of a statement', unit: 'milliseconds', verdict: 'warn', standard: 100 },
    callsFrom: { title: 'Calls from which a mean counts', unit: 'count', verdict: null, standard: 20 },
    shareFrom: {
      title: 'Share of all time from which a mean counts',
      unit: 'percent',
      verdict: null,
      standard: 1,
    },
    evictionsWarn: { title: 'Evictions a day', unit: 'count', verdict: 'warn', standard: 24 },
  },
  judge(rows, { thresholds: { meanWarn, callsFrom, shareFrom, evictionsWarn } }) {
    const slow = rows.flatMap((one, index) =>
      one.calls < callsFrom.value || (one.share ?? 0) < shareFrom.value
        ? []
        : judged(one.meanTime, [meanWarn], {
            text: `A statement of ${one.user ?? 'a dropped role'} takes ${Math.round(one.meanTime)} ms on average, ${(one.share ?? 0).toFixed(0)} % of all time.`,
            row: index,
          }),
    )
    const evictions = rows[0]?.evictionsADay ?? null
    return {
      summary: `${counted(slow.length, 'slow statement')} of the ${rows.length} that matter most.`,
      findings: [
        ...slow,
        ...judged(evictions, [evictionsWarn], {
          text: `pg_stat_statements gives statements up ${Math.round(evictions ?? 0)} times a day: its figures are not whole.`,
          remedies: [
            {
              text: 'Raise it, and restart the server.',
              sql: 'ALTER SYSTEM SET pg_stat_statements.max = 10000;',
            },
          ],
        }),
      ],
    }
  },
})
