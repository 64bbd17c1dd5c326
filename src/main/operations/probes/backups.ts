import { sql } from 'kysely'
import { z } from 'zod'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  id: z.string(),
  tool: z.string(),
  repository: z.string(),
  label: z.string(),
  kind: z.string(),
  outcome: z.string(),
  failure: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  age: z.number().nullable(),
  bytes: z.number().nullable(),
  storedBytes: z.number().nullable(),
  verification: z.string().nullable(),
  verifiedAt: z.string().nullable(),
  verificationPassed: z.boolean().nullable(),
  restoredAt: z.string().nullable(),
  restorePassed: z.boolean().nullable(),
  restoreDays: z.number().nullable(),
  isOfThisCluster: z.boolean().nullable(),
  recordedBy: z.string(),
})

export const backups = defineProbe({
  id: 'backups',
  title: 'Backups',
  about:
    'What the backup tools reported: how old the last good one is, whether it was verified, and when one was restored last.',
  section: 'backup',
  cadence: 'weekly',
  interval: 300,
  needs: [{ kind: 'relation', name: 'ops.backup_run' }],
  // The last of each kind of proof is among them, however long ago it was.
  sql: {
    14: sql`
      WITH wanted AS (
        (SELECT id FROM ops.backup_run ORDER BY started_at DESC LIMIT 200)
        UNION (SELECT id FROM ops.backup_run WHERE outcome = 'succeeded' ORDER BY finished_at DESC LIMIT 1)
        UNION (SELECT id FROM ops.backup_run WHERE restored_at IS NOT NULL ORDER BY restored_at DESC LIMIT 1))
      SELECT b.id::text AS "id",
             b.tool AS "tool",
             b.repository AS "repository",
             b.label AS "label",
             b.kind AS "kind",
             b.outcome AS "outcome",
             b.failure AS "failure",
             ${iso(sql`b.started_at`)} AS "startedAt",
             ${iso(sql`b.finished_at`)} AS "finishedAt",
             extract(epoch FROM clock_timestamp() - b.finished_at)::float8 AS "age",
             b.bytes::float8 AS "bytes",
             b.stored_bytes::float8 AS "storedBytes",
             b.verification AS "verification",
             ${iso(sql`b.verified_at`)} AS "verifiedAt",
             b.verification_passed AS "verificationPassed",
             ${iso(sql`b.restored_at`)} AS "restoredAt",
             b.restore_passed AS "restorePassed",
             (extract(epoch FROM clock_timestamp() - b.restored_at) / 86400)::float8 AS "restoreDays",
             b.system_identifier = (SELECT system_identifier FROM pg_control_system()) AS "isOfThisCluster",
             b.recorded_by AS "recordedBy"
        FROM ops.backup_run AS b
       WHERE b.id IN (SELECT id FROM wanted)
       ORDER BY b.started_at DESC
       ${shown}`,
  },
  row,
  columns: {
    id: { title: 'Id', kind: 'text', isHidden: true },
    tool: { title: 'Tool', kind: 'text' },
    repository: { title: 'Repository', kind: 'text' },
    label: { title: 'Backup', kind: 'text' },
    kind: { title: 'Kind', kind: 'text' },
    outcome: { title: 'Outcome', kind: 'text' },
    failure: { title: 'Failure', kind: 'text' },
    startedAt: { title: 'Began', kind: 'timestamp' },
    finishedAt: { title: 'Ended', kind: 'timestamp' },
    age: { title: 'Age', kind: 'seconds' },
    bytes: { title: 'Size', kind: 'bytes', note: 'Of the cluster that it restores' },
    storedBytes: { title: 'Stored', kind: 'bytes' },
    verification: {
      title: 'Verified by',
      kind: 'text',
      note: 'sizes finds missing files only; checksums finds damaged ones, too',
    },
    verifiedAt: { title: 'Verified', kind: 'timestamp' },
    verificationPassed: { title: 'Verification passed', kind: 'boolean' },
    restoredAt: { title: 'Restored', kind: 'timestamp' },
    restorePassed: { title: 'Restore passed', kind: 'boolean' },
    restoreDays: { title: 'Days since it was restored', kind: 'count', isHidden: true },
    isOfThisCluster: { title: 'Of this cluster', kind: 'boolean', note: 'Empty where the tool does not say' },
    recordedBy: { title: 'Recorded by', kind: 'text' },
  },
  thresholds: {
    ageWarn: { title: 'Age of the last good backup', unit: 'seconds', verdict: 'warn', standard: 24 * 3600 },
    ageCritical: {
      title: 'Age of the last good backup',
      unit: 'seconds',
      verdict: 'critical',
      standard: 72 * 3600,
    },
    restoreWarn: { title: 'Time since a restore was tried', unit: 'days', verdict: 'warn', standard: 90 },
  },
  judge(rows, { thresholds: { ageWarn, ageCritical, restoreWarn } }) {
    const place = (one: (typeof rows)[number]) => rows.indexOf(one)
    const good = rows
      .filter(({ outcome, isOfThisCluster }) => outcome === 'succeeded' && isOfThisCluster !== false)
      .toSorted((one, other) => (one.age ?? 0) - (other.age ?? 0))[0]
    if (good === undefined) {
      const text =
        rows.length === 0 ? 'No backup is recorded.' : 'No good backup of this cluster is recorded.'
      return {
        summary: text,
        findings: [
          {
            verdict: 'critical',
            text,
            remedies: [
              {
                text: 'Let the backup job report: pgbackrest info --output=json | viruj-console backup record --tool pgbackrest',
                sql: null,
              },
            ],
          },
        ],
      }
    }
    const findings: Finding[] = judged(good.age, [ageWarn, ageCritical], {
      text: `The last good backup, ${good.label}, is ${formatSeconds(good.age ?? 0)} old.`,
      row: place(good),
    })
    const [last] = rows
    if (last !== undefined && last.outcome === 'failed') {
      findings.push({
        verdict: 'warn',
        text: `The last backup, ${last.label}, failed${last.failure === null ? '' : `: ${last.failure}`}.`,
        row: place(last),
      })
    }
    for (const one of rows) {
      if (one.verificationPassed === false) {
        findings.push({
          verdict: 'critical',
          text: `${one.label} did not pass its verification.`,
          row: place(one),
        })
      }
    }
    if (good.verification === 'sizes') {
      findings.push({
        verdict: 'ok',
        text: `${good.label} was verified by sizes only, which finds no damaged file.`,
        row: place(good),
        remedies: [
          {
            text: 'Verify checksums, too: pg_verifybackup without -s, or verify of the backup tool.',
            sql: null,
          },
        ],
      })
    }
    const restored = rows
      .filter(({ restoreDays }) => restoreDays !== null)
      .toSorted((one, other) => (one.restoreDays ?? 0) - (other.restoreDays ?? 0))[0]
    if (restored === undefined) {
      findings.push({ verdict: 'warn', text: 'No restore is recorded: nobody knows whether one works.' })
    } else if (restored.restorePassed === false) {
      findings.push({
        verdict: 'critical',
        text: `The last restore, of ${restored.label}, failed.`,
        row: place(restored),
      })
    } else {
      findings.push(
        ...judged(restored.restoreDays, [restoreWarn], {
          text: `A restore was tried last ${counted(Math.floor(restored.restoreDays ?? 0), 'day')} ago.`,
          row: place(restored),
        }),
      )
    }
    return { summary: `The last good backup is ${formatSeconds(good.age ?? 0)} old.`, findings }
  },
})
