import { sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { advice } from '../settings-advice.ts'

const row = z.object({
  name: z.string(),
  value: z.string(),
  wanted: z.string().nullable(),
  why: z.string().nullable(),
  source: z.string().nullable(),
  pendingRestart: z.boolean(),
  needsRestart: z.boolean(),
})

export const settings = defineProbe({
  id: 'settings',
  title: 'Settings',
  about: 'Settings that differ from what the playbook wants, or wait for a restart.',
  section: 'server',
  cadence: 'any',
  interval: 600,
  needs: [],
  sql: {
    14: sql`
      SELECT s.name,
             coalesce(current_setting(s.name, true), s.setting) AS "value",
             NULL AS "wanted",
             NULL AS "why",
             s.source,
             s.pending_restart AS "pendingRestart",
             s.context = 'postmaster' AS "needsRestart"
        FROM pg_settings AS s
       WHERE s.name = ANY (${advice.map(({ name }) => name)}::text[]) OR s.pending_restart
       ORDER BY s.name`,
  },
  row,
  arrange: (rows) =>
    rows.map((one) => {
      const found = advice.find(({ name }) => name === one.name)
      return found === undefined ? one : { ...one, wanted: found.wanted, why: found.why }
    }),
  columns: {
    name: { title: 'Setting', kind: 'text' },
    value: { title: 'Value', kind: 'text' },
    wanted: { title: 'Wanted', kind: 'text' },
    why: { title: 'Why', kind: 'text' },
    source: { title: 'From', kind: 'text' },
    pendingRestart: { title: 'Waits for a restart', kind: 'boolean' },
    needsRestart: { title: 'Takes a restart', kind: 'boolean' },
  },
  thresholds: {},
  judge(rows) {
    const findings = rows.flatMap((one, index): Finding[] => {
      const found = advice.find(({ name }) => name === one.name)
      const pending: Finding[] = one.pendingRestart
        ? [
            {
              verdict: 'warn',
              text: `${one.name} was changed, and holds from the next restart on.`,
              row: index,
            },
          ]
        : []
      if (found === undefined || found.isFine(one.value)) return pending
      return [
        ...pending,
        {
          verdict: found.verdict,
          text: `${one.name} is ${one.value || 'empty'}, not ${found.wanted}: ${found.why}`,
          row: index,
          remedies: [
            {
              text:
                found.how ?? (one.needsRestart ? 'Set it, and restart the server.' : 'Set it, and reload.'),
              sql:
                found.to === null
                  ? null
                  : `ALTER SYSTEM SET ${one.name} = '${found.to}';${one.needsRestart ? '' : ' SELECT pg_reload_conf();'}`,
            },
          ],
        },
      ]
    })
    return { summary: `${counted(findings.length, 'setting')} to look at.`, findings }
  },
})
