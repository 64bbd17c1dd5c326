import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  pid: z.int(),
  command: z.string(),
  relation: z.string().nullable(),
  phase: z.string().nullable(),
  done: z.number().nullable(),
  total: z.number().nullable(),
  percent: z.number().nullable(),
  unit: z.string(),
  seconds: z.number().nullable(),
  waitEvent: z.string().nullable(),
  user: z.string().nullable(),
  isAutomatic: z.boolean(),
  preventsWraparound: z.boolean(),
})

const part = (
  view: string,
  command: RawBuilder<unknown>,
  phase: RawBuilder<unknown>,
  figures: { done: RawBuilder<unknown>; total: RawBuilder<unknown>; unit: string },
  relation = sql`p.relid`,
) => sql`
  SELECT p.pid, ${command} AS command, ${relation}::oid AS relid, ${phase} AS phase,
         (${figures.done})::float8 AS done, (${figures.total})::float8 AS total, ${sql.lit(figures.unit)} AS unit
    FROM ${sql.id(view)} AS p`

const blocks = (done: RawBuilder<unknown>, total: RawBuilder<unknown>) => ({ done, total, unit: 'pages' })

export const progress = defineProbe({
  id: 'progress',
  title: 'Work in progress',
  about: 'VACUUM, ANALYZE, index builds, CLUSTER, COPY and base backups that run now, and how far they are.',
  section: 'maintenance',
  cadence: 'live',
  interval: 2,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: {
    14: sql`
      WITH works AS (
        ${part(
          'pg_stat_progress_vacuum',
          sql`'VACUUM'`,
          sql`p.phase`,
          blocks(
            sql`CASE WHEN p.phase LIKE '%heap' AND p.phase LIKE 'vacuuming%' THEN p.heap_blks_vacuumed ELSE p.heap_blks_scanned END`,
            sql`p.heap_blks_total`,
          ),
        )}
        UNION ALL
        ${part('pg_stat_progress_analyze', sql`'ANALYZE'`, sql`p.phase`, blocks(sql`p.sample_blks_scanned`, sql`p.sample_blks_total`))}
        UNION ALL
        ${part('pg_stat_progress_create_index', sql`p.command`, sql`p.phase`, {
          done: sql`CASE WHEN p.blocks_total > 0 THEN p.blocks_done ELSE p.tuples_done END`,
          total: sql`CASE WHEN p.blocks_total > 0 THEN p.blocks_total ELSE p.tuples_total END`,
          unit: 'pages or rows',
        })}
        UNION ALL
        ${part('pg_stat_progress_cluster', sql`p.command`, sql`p.phase`, blocks(sql`p.heap_blks_scanned`, sql`p.heap_blks_total`))}
        UNION ALL
        ${part('pg_stat_progress_copy', sql`p.command`, sql`NULL`, { done: sql`p.bytes_processed`, total: sql`p.bytes_total`, unit: 'bytes' })}
        UNION ALL
        ${part('pg_stat_progress_basebackup', sql`'BASE BACKUP'`, sql`p.phase`, { done: sql`p.backup_streamed`, total: sql`p.backup_total`, unit: 'bytes' }, sql`NULL`)})
      SELECT w.pid,
             w.command,
             (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = w.relid AND a.datname = current_database()) AS "relation",
             w.phase,
             w.done,
             nullif(w.total, 0) AS "total",
             least(100.0 * w.done / nullif(w.total, 0), 100)::float8 AS "percent",
             w.unit,
             extract(epoch FROM clock_timestamp() - coalesce(a.query_start, a.backend_start))::float8 AS "seconds",
             a.wait_event_type || ': ' || a.wait_event AS "waitEvent",
             a.usename::text AS "user",
             coalesce(a.backend_type = 'autovacuum worker', false) AS "isAutomatic",
             coalesce(a.query LIKE '%(to prevent wraparound)', false) AS "preventsWraparound"
        FROM works AS w
        LEFT JOIN pg_stat_activity AS a ON a.pid = w.pid
       WHERE coalesce(a.application_name, '') <> 'viruj-console' OR w.command NOT LIKE 'COPY%'
       ORDER BY "seconds" DESC NULLS LAST
       ${shown}`,
  },
  row,
  columns: {
    pid: { title: 'PID', kind: 'number' },
    command: { title: 'Work', kind: 'text' },
    relation: { title: 'Relation', kind: 'text', note: 'Of this database' },
    phase: { title: 'Phase', kind: 'text' },
    done: { title: 'Done', kind: 'count' },
    total: { title: 'Of', kind: 'count' },
    percent: { title: 'Of this phase', kind: 'percent' },
    unit: { title: 'Counted in', kind: 'text', isHidden: true },
    seconds: { title: 'Runs for', kind: 'seconds' },
    waitEvent: { title: 'Waits for', kind: 'text' },
    user: { title: 'User', kind: 'text' },
    isAutomatic: { title: 'Autovacuum', kind: 'boolean' },
    preventsWraparound: {
      title: 'Against wraparound',
      kind: 'boolean',
      note: 'Must not be ended: it begins again, and time runs',
    },
  },
  thresholds: {},
  judge: (rows) => ({
    summary: rows.length === 0 ? 'Nothing of the kind runs.' : `${counted(rows.length, 'work')} in progress.`,
    findings: [],
  }),
})
