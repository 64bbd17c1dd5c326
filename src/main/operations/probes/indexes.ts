import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { mayMaintain, shown } from '../sql-parts.ts'

const row = z.object({
  kind: z.enum(['invalid', 'duplicate', 'unused', 'missing']),
  table: z.string(),
  index: z.string().nullable(),
  other: z.string().nullable(),
  columns: z.string().nullable(),
  bytes: z.number().nullable(),
  rows: z.number().nullable(),
  scans: z.number().nullable(),
  countedDays: z.number().nullable(),
  mayMaintain: z.boolean(),
})

export const indexes = defineProbe({
  id: 'indexes',
  title: 'Indexes',
  about: 'Indexes that are invalid, there twice, or not used, and foreign keys without one.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 300,
  timeout: 30_000,
  needs: [],
  // Sizes by relpages: asking the disk for each of 100,000 indexes takes seconds. What a progress view shows is being built, not left behind.
  sql: {
    14: sql`
      WITH ours AS MATERIALIZED (
        SELECT i.*, c.relpages::float8 * current_setting('block_size')::float8 AS bytes, c.relam, c.relkind, c.relispartition,
               c.relowner, c.oid,
               EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS constrains
          FROM pg_index AS i
          JOIN pg_class AS c ON c.oid = i.indexrelid
          JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'),
      -- Of two alike, the one to keep first: what a constraint needs, what is unique, what was there before.
      alike AS (
        SELECT o.*, first_value(o.indexrelid) OVER (
                 PARTITION BY o.indrelid, o.relam, o.indkey::text, o.indclass::text, o.indcollation::text, o.indoption::text,
                              pg_get_expr(o.indexprs, o.indrelid), pg_get_expr(o.indpred, o.indrelid)
                 ORDER BY o.constrains DESC, o.indisunique DESC, o.indexrelid) AS kept
          FROM ours AS o
         WHERE o.indisvalid),
      keys AS (
        SELECT k.conrelid, k.conname, k.conkey, k.confrelid, c.reltuples, c.relowner, c.oid,
               (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY x.place)
                  FROM unnest(k.conkey) WITH ORDINALITY AS x (attnum, place)
                  JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.attnum) AS columns
          FROM pg_constraint AS k
          JOIN pg_class AS c ON c.oid = k.conrelid
         WHERE k.contype = 'f' AND k.conparentid = 0
           AND NOT EXISTS (SELECT FROM pg_index AS i
                            WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
                              AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                              AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey))
      SELECT found.*
        FROM (SELECT 'invalid' AS "kind", o.indrelid::regclass::text AS "table", o.indexrelid::regclass::text AS "index", NULL AS "other",
                     NULL AS "columns", o.bytes AS "bytes", NULL::float8 AS "rows", NULL::float8 AS "scans", NULL::float8 AS "countedDays",
                     (SELECT ${mayMaintain(14)} FROM pg_class AS c WHERE c.oid = o.indrelid) AS "mayMaintain"
                FROM ours AS o
               WHERE NOT (o.indisvalid AND o.indisready)
                 AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = o.indexrelid)
              UNION ALL
              SELECT 'duplicate', a.indrelid::regclass::text, a.indexrelid::regclass::text, a.kept::regclass::text,
                     NULL, a.bytes, NULL, s.idx_scan::float8, NULL, pg_has_role(a.relowner, 'USAGE')
                FROM alike AS a
                LEFT JOIN pg_stat_all_indexes AS s ON s.indexrelid = a.indexrelid
               WHERE a.kept <> a.indexrelid AND NOT a.constrains AND NOT a.relispartition
              UNION ALL
              SELECT 'unused', a.indrelid::regclass::text, a.indexrelid::regclass::text, NULL,
                     NULL, a.bytes, NULL, s.idx_scan::float8,
                     (extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time())) / 86400)::float8,
                     pg_has_role(a.relowner, 'USAGE')
                FROM alike AS a
                JOIN pg_stat_all_indexes AS s ON s.indexrelid = a.indexrelid
                JOIN pg_stat_database AS d ON d.datname = current_database()
               WHERE s.idx_scan = 0 AND a.kept = a.indexrelid AND a.relkind = 'i'
                 AND NOT (a.indisunique OR a.constrains OR a.indisreplident OR a.indisclustered)
                 AND a.bytes >= 1024 * 1024
              UNION ALL
              SELECT 'missing', k.conrelid::regclass::text, NULL, k.confrelid::regclass::text, k.columns, NULL, k.reltuples::float8, NULL, NULL,
                     pg_has_role(k.relowner, 'USAGE')
                FROM keys AS k) AS found
       ORDER BY array_position('{invalid,duplicate,unused,missing}', found."kind"), found."bytes" DESC NULLS LAST, found."rows" DESC NULLS LAST
       ${shown}`,
  },
  row,
  columns: {
    kind: { title: 'What', kind: 'text' },
    table: { title: 'Table', kind: 'text' },
    index: { title: 'Index', kind: 'text' },
    other: {
      title: 'Other',
      kind: 'text',
      note: 'The one that it is like; of a foreign key, the table it points to',
    },
    columns: { title: 'Columns', kind: 'text', note: 'Of a foreign key' },
    bytes: { title: 'Size', kind: 'bytes', note: 'At the last VACUUM' },
    rows: { title: 'Rows', kind: 'count', note: 'Of the table that points' },
    scans: { title: 'Scans', kind: 'count', note: 'On this server: a standby counts its own' },
    countedDays: { title: 'Days counted', kind: 'count' },
    mayMaintain: { title: 'You may', kind: 'boolean' },
  },
  thresholds: {
    unusedFrom: {
      title: 'Size from which an unused index counts',
      unit: 'bytes',
      verdict: null,
      standard: 10 * 1024 ** 2,
    },
    unusedDaysFrom: {
      title: 'Days of counting from which no use means unused',
      unit: 'days',
      verdict: null,
      standard: 7,
    },
    missingFrom: {
      title: 'Rows from which a foreign key wants an index',
      unit: 'count',
      verdict: null,
      standard: 10_000,
    },
  },
  judge(rows, { thresholds: { unusedFrom, unusedDaysFrom, missingFrom } }) {
    const findings = rows.flatMap((one, index): Finding[] => {
      const warn = (text: string, remedies: Finding['remedies']): Finding[] => [
        { verdict: 'warn', text, row: index, remedies: remedies ?? [] },
      ]
      switch (one.kind) {
        case 'invalid':
          return warn(`${one.index} is invalid: writes keep it up, no query uses it.`, [
            { text: 'Build it anew.', sql: `REINDEX INDEX CONCURRENTLY ${one.index};` },
            {
              text: 'What a failed REINDEX left behind ends in _ccnew or _ccold: drop that.',
              sql: `DROP INDEX CONCURRENTLY ${one.index};`,
            },
          ])
        case 'duplicate':
          return warn(`${one.index} is the same as ${one.other}.`, [
            {
              text: 'Drop it by a migration, so that it does not come back.',
              sql: `DROP INDEX CONCURRENTLY ${one.index};`,
            },
          ])
        case 'unused':
          if ((one.bytes ?? 0) < unusedFrom.value || (one.countedDays ?? 0) < unusedDaysFrom.value) return []
          return warn(
            `${one.index} (${formatBytes(one.bytes ?? 0)}) was not used on this server for ${Math.floor(one.countedDays ?? 0)} days.`,
            [
              {
                text: 'Look at the standbys, which count by themselves, and at what runs once a quarter. Then drop it by a migration.',
                sql: null,
              },
            ],
          )
        case 'missing':
          if ((one.rows ?? 0) < missingFrom.value) return []
          return warn(
            `${one.table} (${one.columns}) points to ${one.other} without an index: deleting there reads ${counted(one.rows ?? 0, 'row')} each time.`,
            [
              {
                text: 'Make it by a migration.',
                sql: `CREATE INDEX CONCURRENTLY ON ${one.table} (${one.columns});`,
              },
            ],
          )
        default:
          return one.kind satisfies never
      }
    })
    return {
      summary:
        findings.length === 0
          ? 'All indexes are valid, and none is there in vain.'
          : `${counted(findings.length, 'index', 'indexes')} to look at.`,
      findings,
    }
  },
})
