import { sql } from 'kysely'
import { z } from 'zod'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  id: z.string(),
  reviewedAt: z.string(),
  age: z.number(),
  reviewedBy: z.string(),
  verdict: z.string(),
  count: z.number(),
  backups: z.array(z.string()),
  note: z.string(),
  nextDue: z.string(),
  overdue: z.number(),
})

export const backupReviews = defineProbe({
  id: 'backup-reviews',
  title: 'Reviews of backups',
  about: 'Who looked at which backups, what they found, and whether somebody has to look again.',
  section: 'backup',
  cadence: 'weekly',
  interval: 300,
  needs: [
    { kind: 'relation', name: 'ops.backup_review' },
    { kind: 'relation', name: 'ops.backup_run' },
  ],
  sql: {
    14: sql`
      SELECT r.id::text AS "id",
             ${iso(sql`r.reviewed_at`)} AS "reviewedAt",
             extract(epoch FROM clock_timestamp() - r.reviewed_at)::float8 AS "age",
             r.reviewed_by AS "reviewedBy",
             r.verdict AS "verdict",
             cardinality(r.backups) AS "count",
             ARRAY(SELECT b.label FROM ops.backup_run AS b WHERE b.id = ANY (r.backups) ORDER BY b.started_at DESC) AS "backups",
             r.note AS "note",
             r.next_due::text AS "nextDue",
             (clock_timestamp() AT TIME ZONE 'UTC')::date - r.next_due AS "overdue"
        FROM ops.backup_review AS r
       ORDER BY r.reviewed_at DESC
       ${shown}`,
  },
  row,
  columns: {
    id: { title: 'Id', kind: 'text', isHidden: true },
    reviewedAt: { title: 'Reviewed', kind: 'timestamp' },
    age: { title: 'Age', kind: 'seconds' },
    reviewedBy: { title: 'By', kind: 'text' },
    verdict: { title: 'Verdict', kind: 'text' },
    count: { title: 'Backups', kind: 'count' },
    backups: { title: 'Which', kind: 'list' },
    note: { title: 'Note', kind: 'text' },
    nextDue: {
      title: 'Next due',
      kind: 'text',
      note: 'Last day, in UTC, on which the next review is in time',
    },
    overdue: { title: 'Days overdue', kind: 'count', isHidden: true },
  },
  thresholds: {
    overdueWarn: {
      title: 'Days past that on which a review was due',
      unit: 'days',
      verdict: 'warn',
      standard: 1,
    },
    overdueCritical: {
      title: 'Days past that on which a review was due',
      unit: 'days',
      verdict: 'critical',
      standard: 14,
    },
  },
  judge(rows, { thresholds: { overdueWarn, overdueCritical } }) {
    // What the ones before it said was looked at again since.
    const [last] = rows
    if (last === undefined) {
      const text = 'Nobody has reviewed the backups yet.'
      return {
        summary: text,
        findings: [
          {
            verdict: 'warn',
            text,
            remedies: [
              { text: 'Look at them once a week, and record it with “Review backups…”.', sql: null },
            ],
          },
        ],
      }
    }
    const findings: Finding[] = judged(last.overdue, [overdueWarn, overdueCritical], {
      text: `A review of backups was due on ${last.nextDue}, ${counted(last.overdue, 'day')} ago.`,
      row: 0,
    })
    if (last.verdict === 'objected') {
      findings.push({
        verdict: 'warn',
        text: `${last.reviewedBy} objected in the last review: ${last.note}`,
        row: 0,
      })
    }
    return {
      summary: `Backups were reviewed ${formatSeconds(last.age)} ago by ${last.reviewedBy}; the next review is due on ${last.nextDue}.`,
      findings,
    }
  },
})
