import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { mayMaintain, shown } from '../sql-parts.ts'

const row = z.object({
  table: z.string(),
  live: z.number(),
  dead: z.number(),
  deadPercent: z.number(),
  changedPercent: z.number(),
  changed: z.number(),
  inserted: z.number(),
  lastVacuum: z.string().nullable(),
  lastAnalyze: z.string().nullable(),
  analyzeDays: z.number().nullable(),
  autovacuum: z.boolean(),
  mayMaintain: z.boolean(),
})

const statement = (major: number): RawBuilder<unknown> => sql`
  SELECT t.oid::regclass::text AS "table",
         t.live::float8 AS "live",
         t.dead::float8 AS "dead",
         (100.0 * t.dead / greatest(t.live + t.dead, 1))::float8 AS "deadPercent",
         (100.0 * t.changed / greatest(t.live, 1))::float8 AS "changedPercent",
         t.changed::float8 AS "changed",
         pg_stat_get_ins_since_vacuum(t.oid)::float8 AS "inserted",
         ${iso(sql`greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid))`)} AS "lastVacuum",
         ${iso(sql`t.analyzed`)} AS "lastAnalyze",
         (extract(epoch FROM clock_timestamp() - t.analyzed) / 86400)::float8 AS "analyzeDays",
         NOT coalesce(c.reloptions && '{autovacuum_enabled=false,autovacuum_enabled=off,autovacuum_enabled=0,autovacuum_enabled=no}', false)
           AS "autovacuum",
         ${mayMaintain(major)} AS "mayMaintain"
    -- Of many thousand tables, only of those that are shown is more asked than the order needs.
    FROM (SELECT counted.*, greatest(pg_stat_get_last_analyze_time(counted.oid), pg_stat_get_last_autoanalyze_time(counted.oid)) AS analyzed
            FROM (SELECT c.oid, pg_stat_get_live_tuples(c.oid) AS live, pg_stat_get_dead_tuples(c.oid) AS dead,
                         pg_stat_get_mod_since_analyze(c.oid) AS changed
                    FROM pg_class AS c
                    JOIN pg_namespace AS n ON n.oid = c.relnamespace
                   WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
                   ORDER BY pg_stat_get_dead_tuples(c.oid) + pg_stat_get_mod_since_analyze(c.oid) DESC, pg_stat_get_live_tuples(c.oid) DESC
                   ${shown}) AS counted) AS t
    JOIN pg_class AS c ON c.oid = t.oid
   ORDER BY t.dead + t.changed DESC, t.live DESC`

export const vacuum = defineProbe({
  id: 'vacuum',
  title: 'Vacuum and analyze',
  about: 'Tables with many dead rows, or whose statistics are of another time.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 300,
  timeout: 15_000,
  needs: [],
  sql: { 14: statement(14), 17: statement(17) },
  row,
  columns: {
    table: { title: 'Table', kind: 'text' },
    live: { title: 'Rows', kind: 'count', note: 'By the statistics' },
    dead: { title: 'Dead rows', kind: 'count' },
    deadPercent: { title: 'Dead', kind: 'percent' },
    changedPercent: { title: 'Changed', kind: 'percent', note: 'Since the last ANALYZE' },
    changed: { title: 'Changed rows', kind: 'count', note: 'Since the last ANALYZE' },
    inserted: { title: 'Inserted rows', kind: 'count', note: 'Since the last VACUUM' },
    lastVacuum: { title: 'Last VACUUM', kind: 'timestamp' },
    lastAnalyze: { title: 'Last ANALYZE', kind: 'timestamp' },
    analyzeDays: { title: 'Days since ANALYZE', kind: 'count', isHidden: true },
    autovacuum: { title: 'Autovacuum', kind: 'boolean' },
    mayMaintain: {
      title: 'You may',
      kind: 'boolean',
      note: 'VACUUM, ANALYZE and REINDEX: the owner, and since 17 who has MAINTAIN',
    },
  },
  thresholds: {
    deadWarn: { title: 'Dead rows of a table', unit: 'percent', verdict: 'warn', standard: 20 },
    deadFrom: {
      title: 'Dead rows from which their share counts',
      unit: 'count',
      verdict: null,
      standard: 10_000,
    },
    analyzeWarn: { title: 'Age of the statistics', unit: 'days', verdict: 'warn', standard: 7 },
    changedFrom: {
      title: 'Rows changed from which the age counts',
      unit: 'percent',
      verdict: null,
      standard: 10,
    },
  },
  judge(rows, { thresholds: { deadWarn, deadFrom, analyzeWarn, changedFrom } }) {
    const findings = rows.flatMap((one, index): Finding[] => [
      ...judged(one.dead >= deadFrom.value ? one.deadPercent : null, [deadWarn], {
        text: `${one.deadPercent.toFixed(0)} % of ${one.table} are dead rows.`,
        row: index,
        remedies: [
          {
            text: 'Vacuum it. Where that changes nothing, somebody holds the horizon: see wraparound.',
            sql: `VACUUM (ANALYZE) ${one.table};`,
          },
        ],
      }),
      // A table that was never analyzed has statistics of no age, and a few rows need none.
      ...judged(
        one.changedPercent >= changedFrom.value && one.changed > 1000
          ? (one.analyzeDays ?? Number.POSITIVE_INFINITY)
          : null,
        [analyzeWarn],
        {
          text: `${one.table} was ${one.analyzeDays === null ? 'never analyzed' : `analyzed ${Math.floor(one.analyzeDays)} days ago`}, and ${one.changedPercent.toFixed(0)} % of it changed since.`,
          row: index,
          remedies: [{ text: 'Analyze it.', sql: `ANALYZE ${one.table};` }],
        },
      ),
      ...(one.autovacuum
        ? []
        : [
            {
              verdict: 'warn' as const,
              text: `Autovacuum is off for ${one.table}.`,
              row: index,
              remedies: [
                { text: 'Switch it on.', sql: `ALTER TABLE ${one.table} RESET (autovacuum_enabled);` },
              ],
            },
          ]),
    ])
    return {
      summary:
        findings.length === 0
          ? 'No table waits for VACUUM or ANALYZE.'
          : `${counted(findings.length, 'table')} to look after.`,
      findings,
    }
  },
})
