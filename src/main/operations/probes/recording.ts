import { sql } from 'kysely'
import { z } from 'zod'
import { trailLooks } from '../../../shared/trail-looks.ts'
import { counted } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  check: z.string(),
  problem: z.string(),
  severity: z.enum(['fault', 'warning']),
})

const looked = trailLooks.map(
  ({ title, severity, sql: look }) =>
    sql`SELECT ${sql.lit(title)} AS "check", problem, ${sql.lit(severity)} AS "severity" FROM (${sql.raw(look)}) AS looked`,
)

export const recording = defineProbe({
  id: 'recording',
  title: 'Recording of changes',
  about:
    'Whether the audit trail records what its policy says, cannot be changed, and is sealed. The rows themselves are compared by “audit check”.',
  section: 'security',
  cadence: 'daily',
  interval: 300,
  needs: [
    { kind: 'relation', name: 'audit.policy' },
    { kind: 'relation', name: 'audit.seal' },
  ],
  sql: {
    14: sql`SELECT * FROM (${sql.join(looked, sql` UNION ALL `)}) AS problems ORDER BY "severity", "check", "problem" ${shown}`,
  },
  row,
  columns: {
    check: { title: 'Should be', kind: 'text' },
    problem: { title: 'Is', kind: 'text' },
    severity: { title: 'Severity', kind: 'text', isHidden: true },
  },
  thresholds: {},
  judge: (rows) => ({
    summary:
      rows.length === 0
        ? 'What the policy says is recorded, cannot be changed, and is sealed.'
        : `${counted(rows.length, 'thing')} about the recording not as they should be.`,
    findings: rows.map(({ check, problem, severity }, index) => ({
      verdict: severity === 'fault' ? 'critical' : 'warn',
      text: `${check}: not so, ${problem}.`,
      row: index,
      remedies: [
        {
          text:
            severity === 'fault'
              ? 'Find out who changed it: DDL is in the audit log. “audit track” makes triggers and functions of a table anew.'
              : '“audit seal --every 30s” seals, and makes months ahead; docs/audit.md says who does the rest.',
          sql: null,
        },
      ],
    })),
  }),
})
