import { sql } from 'kysely'
import { z } from 'zod'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  database: z.string(),
  deadlocks: z.number(),
  deadlocksADay: z.number().nullable(),
  checksumFailures: z.number().nullable(),
  conflicts: z.number(),
  rollbackPercent: z.number().nullable(),
  hitPercent: z.number().nullable(),
  tempFiles: z.number(),
  tempBytes: z.number(),
  lost: z.number(),
  fatal: z.number(),
  killed: z.number(),
  resetAt: z.string().nullable(),
})

export const databases = defineProbe({
  id: 'databases',
  title: 'Databases',
  about:
    'Deadlocks, damaged pages, temporary files and lost sessions of each database since its counters began.',
  section: 'server',
  cadence: 'daily',
  interval: 60,
  needs: [],
  sql: {
    14: sql`
      SELECT d.datname::text AS "database",
             d.deadlocks::float8 AS "deadlocks",
             (86400 * d.deadlocks / greatest(extract(epoch FROM clock_timestamp()
               - coalesce(d.stats_reset, pg_postmaster_start_time())), 86400))::float8 AS "deadlocksADay",
             d.checksum_failures::float8 AS "checksumFailures",
             d.conflicts::float8 AS "conflicts",
             (100.0 * d.xact_rollback / nullif(d.xact_commit + d.xact_rollback, 0))::float8 AS "rollbackPercent",
             (100.0 * d.blks_hit / nullif(d.blks_hit + d.blks_read, 0))::float8 AS "hitPercent",
             d.temp_files::float8 AS "tempFiles",
             d.temp_bytes::float8 AS "tempBytes",
             d.sessions_abandoned::float8 AS "lost",
             d.sessions_fatal::float8 AS "fatal",
             d.sessions_killed::float8 AS "killed",
             ${iso(sql`d.stats_reset`)} AS "resetAt"
        FROM pg_stat_database AS d
       WHERE d.datname IS NOT NULL AND d.datname NOT IN ('template0', 'template1')
       ORDER BY d.xact_commit DESC
       ${shown}`,
  },
  row,
  columns: {
    database: { title: 'Database', kind: 'text' },
    deadlocks: { title: 'Deadlocks', kind: 'count' },
    deadlocksADay: { title: 'Deadlocks a day', kind: 'count', note: 'At least a day is counted' },
    checksumFailures: { title: 'Damaged pages', kind: 'count', note: 'Empty where checksums are off' },
    conflicts: { title: 'Cancelled by replay', kind: 'count', note: 'On a standby' },
    rollbackPercent: { title: 'Rolled back', kind: 'percent' },
    hitPercent: { title: 'Found in memory', kind: 'percent' },
    tempFiles: { title: 'Temporary files', kind: 'count' },
    tempBytes: { title: 'Temporary files', kind: 'bytes' },
    lost: { title: 'Sessions lost', kind: 'count' },
    fatal: { title: 'Sessions ended by an error', kind: 'count' },
    killed: { title: 'Sessions terminated', kind: 'count' },
    resetAt: { title: 'Since', kind: 'timestamp' },
  },
  thresholds: {
    deadlocksWarn: { title: 'Deadlocks a day', unit: 'count', verdict: 'warn', standard: 5 },
  },
  judge(rows, { thresholds: { deadlocksWarn } }) {
    const findings = rows.flatMap((one, index): Finding[] => [
      ...((one.checksumFailures ?? 0) > 0
        ? [
            {
              verdict: 'critical' as const,
              text: `${counted(one.checksumFailures ?? 0, 'damaged page')} in ${one.database}: a checksum did not match what was read.`,
              row: index,
              remedies: [
                {
                  text: 'Take no backup away. Look at the storage, then restore what is damaged from a backup that was verified.',
                  sql: null,
                },
              ],
            },
          ]
        : []),
      ...judged(one.deadlocksADay, [deadlocksWarn], {
        text: `${counted(one.deadlocks, 'deadlock')} in ${one.database}.`,
        row: index,
        remedies: [
          {
            text: 'Let transactions lock rows in the same order; the server’s log names both statements of each.',
            sql: null,
          },
        ],
      }),
    ])
    const deadlocks = rows.reduce((sum, one) => sum + one.deadlocks, 0)
    return { summary: `${counted(deadlocks, 'deadlock')} in ${counted(rows.length, 'database')}.`, findings }
  },
})
