import { sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  sequence: z.string(),
  column: z.string().nullable(),
  type: z.string(),
  /** Exact: a bigint is more than a number holds. */
  last: z.string().nullable(),
  limit: z.string(),
  usedPercent: z.number().nullable(),
  isReadable: z.boolean(),
})

/** Of a name as `regclass` writes it, each part quoted where it has to be. */
const schemaOf = (name: string): string => /^(?:"(?:[^"]|"")*"|[^".]*)(?=\.)/.exec(name)?.[0] ?? 'public'

export const sequences = defineProbe({
  id: 'sequences',
  title: 'Sequences',
  about:
    'How much of its numbers each sequence has given out, by its own end or that of the column it fills, whichever comes first.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 300,
  timeout: 15_000,
  needs: [],
  sql: {
    14: sql`
      WITH owned AS (
        SELECT s.seqrelid, s.seqincrement, s.seqmax, s.seqmin, a.atttypid, d.refobjid, a.attname,
               CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END AS column_max,
               has_sequence_privilege(s.seqrelid, 'USAGE, SELECT') AS readable
          FROM pg_sequence AS s
          JOIN pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
          LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
                                  AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
          LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE NOT s.seqcycle),
      ends AS (
        SELECT o.*, CASE WHEN o.readable THEN pg_sequence_last_value(o.seqrelid) END AS last_value,
               CASE WHEN o.seqincrement > 0 THEN least(o.seqmax, o.column_max) ELSE greatest(o.seqmin, -o.column_max - 1) END AS ends_at
          FROM owned AS o)
      SELECT e.seqrelid::regclass::text AS "sequence",
             e.refobjid::regclass::text || '.' || quote_ident(e.attname) AS "column",
             coalesce(format_type(e.atttypid, NULL), 'bigint') AS "type",
             e.last_value::text AS "last",
             e.ends_at::text AS "limit",
             (100.0 * e.last_value / nullif(e.ends_at, 0))::float8 AS "usedPercent",
             e.readable AS "isReadable"
        FROM ends AS e
       ORDER BY "usedPercent" DESC NULLS LAST
       ${shown}`,
  },
  row,
  columns: {
    sequence: { title: 'Sequence', kind: 'text' },
    column: { title: 'Column', kind: 'text' },
    type: { title: 'Type', kind: 'text' },
    last: { title: 'Last', kind: 'text' },
    limit: { title: 'Ends at', kind: 'text' },
    usedPercent: { title: 'Used', kind: 'percent' },
    isReadable: { title: 'You may see it', kind: 'boolean', isHidden: true },
  },
  thresholds: {
    usedWarn: { title: 'Numbers used', unit: 'percent', verdict: 'warn', standard: 70 },
    usedCritical: { title: 'Numbers used', unit: 'percent', verdict: 'critical', standard: 90 },
  },
  judge(rows, { server, thresholds: { usedWarn, usedCritical } }) {
    const findings = rows.flatMap((one, index): Finding[] =>
      judged(one.usedPercent, [usedWarn, usedCritical], {
        text: `${one.sequence} has used ${(one.usedPercent ?? 0).toFixed(0)} % of its numbers; at ${one.limit} inserts fail.`,
        row: index,
        remedies: [
          {
            text: 'Widen the column to bigint, by a migration: that writes the table anew under a lock. The guide to safe migrations has the way around.',
            sql: null,
          },
        ],
      }),
    )
    const hidden = rows.filter(({ isReadable }) => !isReadable)
    if (hidden.length > 0) {
      const schemas = new Set(hidden.map(({ sequence }) => schemaOf(sequence)))
      findings.push({
        verdict: 'not-checked',
        text: `${server.user} may not see the numbers of ${counted(hidden.length, 'sequence')}.`,
        remedies: [...schemas].map((schema) => ({
          text: `Let the owner of the sequences in ${schema} grant it.`,
          sql: `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${pg.escapeIdentifier(server.user)};`,
        })),
      })
    }
    const most = Math.max(0, ...rows.map(({ usedPercent }) => usedPercent ?? 0))
    return { summary: `${counted(rows.length, 'sequence')}, at most ${most.toFixed(0)} % used.`, findings }
  },
})
