import { sql } from 'kysely'
import { z } from 'zod'
import type { Remedy } from '../../../shared/operations.ts'
import { defineProbe, type Finding } from '../probe.ts'

const row = z.object({ name: z.string(), value: z.string() })

/** Settings that write values of statements to the log, and when they do. */
const watched = [
  'log_statement',
  'log_min_duration_statement',
  'log_min_duration_sample',
  'log_transaction_sample_rate',
  'log_parameter_max_length',
  'log_parameter_max_length_on_error',
  'log_min_error_statement',
  'pgaudit.log',
  'pgaudit.log_parameter',
]

const remedy = (name: string, value: string): Remedy[] => [
  { text: 'Change it, and reload.', sql: `ALTER SYSTEM SET ${name} = '${value}'; SELECT pg_reload_conf();` },
]

export const logging = defineProbe({
  id: 'logging',
  title: 'Personal data in logs',
  about:
    'Whether the server writes statements with their values into its log, where no row security and no masking reaches.',
  section: 'security',
  cadence: 'weekly',
  interval: 600,
  needs: [],
  sql: {
    14: sql`
      SELECT s.name, coalesce(current_setting(s.name, true), s.setting) AS "value"
        FROM pg_settings AS s
       WHERE s.name = ANY (${watched}::text[])
       ORDER BY s.name`,
  },
  row,
  columns: { name: { title: 'Setting', kind: 'text' }, value: { title: 'Value', kind: 'text' } },
  thresholds: {},
  judge(rows) {
    const is = (name: string): string => rows.find((one) => one.name === name)?.value ?? ''
    const at = (name: string): number => rows.findIndex((one) => one.name === name)
    const statement = is('log_statement')
    const logsSlow = is('log_min_duration_statement') !== '-1' || is('log_min_duration_sample') !== '-1'
    const logsAny =
      logsSlow || statement === 'all' || statement === 'mod' || Number(is('log_transaction_sample_rate')) > 0
    const findings: Finding[] = []
    if (statement === 'all' || statement === 'mod') {
      findings.push({
        verdict: 'warn',
        text: `log_statement = ${statement}: what people write goes to the log with its values.`,
        row: at('log_statement'),
        remedies: remedy('log_statement', 'ddl'),
      })
    }
    if (logsAny && is('log_parameter_max_length') !== '0' && at('log_parameter_max_length') >= 0) {
      findings.push({
        verdict: 'warn',
        text: 'Statements that are logged bring their parameters along.',
        row: at('log_parameter_max_length'),
        remedies: remedy('log_parameter_max_length', '0'),
      })
    }
    if (!['0', ''].includes(is('log_parameter_max_length_on_error'))) {
      findings.push({
        verdict: 'warn',
        text: 'Statements that fail are logged with their parameters.',
        row: at('log_parameter_max_length_on_error'),
        remedies: remedy('log_parameter_max_length_on_error', '0'),
      })
    }
    if (is('pgaudit.log_parameter') === 'on') {
      findings.push({
        verdict: 'warn',
        text: 'pgaudit writes parameters to the log.',
        row: at('pgaudit.log_parameter'),
        remedies: remedy('pgaudit.log_parameter', 'off'),
      })
    }
    return {
      summary:
        findings.length === 0
          ? 'No setting writes values to the log, but for statements that fail.'
          : 'Values of statements reach the log.',
      findings,
    }
  },
})
