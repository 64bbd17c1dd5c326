import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'

const row = z.object({
  inRecovery: z.boolean(),
  walLevel: z.string(),
  mode: z.string(),
  isSet: z.boolean(),
  archived: z.number(),
  failed: z.number(),
  lastArchived: z.string().nullable(),
  lastArchivedAt: z.string().nullable(),
  lastFailed: z.string().nullable(),
  lastFailedAt: z.string().nullable(),
  isFailing: z.boolean(),
  age: z.number().nullable(),
  unarchived: z.number().nullable(),
  ready: z.int(),
})

export const archiver = defineProbe({
  id: 'archiver',
  title: 'WAL archive',
  about: 'Up to when the database could be restored from the archive, and whether WAL still reaches it.',
  section: 'backup',
  cadence: 'daily',
  interval: 30,
  needs: [
    { kind: 'role', name: 'pg_read_all_stats' },
    { kind: 'function', name: 'pg_catalog.pg_ls_archive_statusdir()' },
  ],
  // The name of a segment says where its WAL ends. The archive command may hold secrets: only whether there is one leaves the server.
  sql: {
    14: sql`
      WITH position AS (
        SELECT CASE WHEN a.last_archived_wal ~ '^[0-9A-F]{24}$' AND NOT pg_is_in_recovery()
                    THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')
                         - (('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint::numeric * 4294967296
                            + (('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint + 1)
                              * (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')) END AS behind
          FROM pg_stat_archiver AS a)
      SELECT pg_is_in_recovery() AS "inRecovery",
             current_setting('wal_level') AS "walLevel",
             current_setting('archive_mode') AS "mode",
             EXISTS (SELECT FROM pg_settings
                      WHERE name IN ('archive_command', 'archive_library') AND setting NOT IN ('', '(disabled)')) AS "isSet",
             a.archived_count::float8 AS "archived",
             a.failed_count::float8 AS "failed",
             a.last_archived_wal AS "lastArchived",
             ${iso(sql`a.last_archived_time`)} AS "lastArchivedAt",
             a.last_failed_wal AS "lastFailed",
             ${iso(sql`a.last_failed_time`)} AS "lastFailedAt",
             coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) AS "isFailing",
             extract(epoch FROM clock_timestamp() - a.last_archived_time)::float8 AS "age",
             greatest(position.behind, 0)::float8 AS "unarchived",
             (SELECT count(*)::int FROM pg_ls_archive_statusdir() AS f WHERE f.name LIKE '%.ready') AS "ready"
        FROM pg_stat_archiver AS a, position`,
  },
  row,
  columns: {
    inRecovery: { title: 'Standby', kind: 'boolean', isHidden: true },
    walLevel: { title: 'wal_level', kind: 'text' },
    mode: { title: 'archive_mode', kind: 'text' },
    isSet: { title: 'Has a command or library', kind: 'boolean' },
    archived: { title: 'Archived', kind: 'count' },
    failed: { title: 'Failed', kind: 'count' },
    lastArchived: { title: 'Last archived', kind: 'text' },
    lastArchivedAt: {
      title: 'Recoverable to',
      kind: 'timestamp',
      note: 'When the last WAL reached the archive, as the archive command said',
    },
    lastFailed: { title: 'Last failed', kind: 'text' },
    lastFailedAt: { title: 'Failed at', kind: 'timestamp' },
    isFailing: { title: 'Fails now', kind: 'boolean' },
    age: { title: 'Age of the archive', kind: 'seconds' },
    unarchived: { title: 'Not archived', kind: 'bytes' },
    ready: { title: 'Waiting', kind: 'count', note: 'Files of WAL that wait for the archive' },
  },
  thresholds: {
    ageWarn: {
      title: 'Age of the archive while WAL is written',
      unit: 'seconds',
      verdict: 'warn',
      standard: 900,
    },
    ageCritical: {
      title: 'Age of the archive while WAL is written',
      unit: 'seconds',
      verdict: 'critical',
      standard: 3600,
    },
    unarchivedFrom: {
      title: 'WAL not archived from which its age counts',
      unit: 'bytes',
      verdict: null,
      standard: 64 * 1024,
    },
    readyWarn: { title: 'Files that wait', unit: 'count', verdict: 'warn', standard: 10 },
    readyCritical: { title: 'Files that wait', unit: 'count', verdict: 'critical', standard: 100 },
  },
  judge([archive], { thresholds: { ageWarn, ageCritical, unarchivedFrom, readyWarn, readyCritical } }) {
    if (archive === undefined) return { summary: 'Nothing was said.', findings: [] }
    if (archive.inRecovery && archive.mode !== 'always') {
      return { summary: 'A standby archives nothing: its primary does.', findings: [] }
    }
    if (archive.mode === 'off') {
      const text = 'WAL is not archived: nothing between two backups can be restored.'
      return {
        summary: text,
        findings: [
          {
            verdict: 'warn',
            text,
            row: 0,
            remedies: [
              {
                text: 'Set archive_command or archive_library as your backup tool says, then restart the server. Where a tool streams WAL instead, raise no alarm: take its word.',
                sql: "ALTER SYSTEM SET archive_mode = 'on';",
              },
            ],
          },
        ],
      }
    }
    const findings: Finding[] = []
    if (archive.isFailing) {
      findings.push({
        verdict: 'critical',
        text: `The archive command fails, last for ${archive.lastFailed ?? 'a file'}: WAL stays on this server until its disk is full.`,
        row: 0,
        remedies: [{ text: 'The server’s log has what the command said.', sql: null }],
      })
    }
    if (!archive.isSet) {
      findings.push({
        verdict: 'critical',
        text: 'archive_mode is on, and there is no archive_command or archive_library: WAL piles up.',
        row: 0,
      })
    }
    const { age, unarchived, ready } = archive
    findings.push(
      ...judged((unarchived ?? 0) >= unarchivedFrom.value ? age : null, [ageWarn, ageCritical], {
        text: `The archive ends ${formatSeconds(age ?? 0)} ago, with ${formatBytes(unarchived ?? 0)} written since.`,
        row: 0,
        remedies: [
          {
            text: 'A segment is archived when it is full, or after archive_timeout.',
            sql: "ALTER SYSTEM SET archive_timeout = '5min'; SELECT pg_reload_conf();",
          },
        ],
      }),
      ...judged(ready, [readyWarn, readyCritical], {
        text: `${counted(ready, 'file')} of WAL wait for the archive.`,
        row: 0,
      }),
    )
    return {
      summary:
        archive.lastArchivedAt === null
          ? 'Nothing has been archived yet.'
          : `Recoverable to ${formatSeconds(age ?? 0)} ago.`,
      findings,
    }
  },
})
