import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  table: z.string(),
  bytes: z.number(),
  wasted: z.number(),
  wastedPercent: z.number(),
  rows: z.number(),
  rowBytes: z.number(),
  fillfactor: z.number(),
})

export const bloat = defineProbe({
  id: 'bloat',
  title: 'Bloat',
  about:
    'An estimate of the room in tables that holds no row, from what the planner knows of their columns. TOAST is not in it, and indexes have a check of their own.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 3600,
  timeout: 30_000,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  // A row: header with its null bitmap, what its columns take on average, alignment, and its pointer in the page. The header of a page is 24 bytes.
  sql: {
    14: sql`
      WITH widths AS (
        SELECT s.schemaname, s.tablename, sum((1 - s.null_frac) * s.avg_width) AS width, count(*) AS columns, max(s.null_frac) > 0 AS nulls
          FROM pg_stats AS s
         WHERE NOT s.inherited AND s.schemaname NOT IN ('pg_catalog', 'information_schema')
         GROUP BY s.schemaname, s.tablename),
      tables AS (
        SELECT c.oid, c.reltuples, c.relpages::float8 AS pages, current_setting('block_size')::float8 AS page,
               coalesce(substring(array_to_string(c.reloptions, ' ') FROM 'fillfactor=([0-9]+)')::float8, 100) AS fillfactor,
               ceil((23 + CASE WHEN w.nulls THEN (w.columns + 7) / 8 ELSE 0 END) / 8.0) * 8 + ceil(w.width / 8.0) * 8 + 4 AS row_bytes
          FROM widths AS w
          JOIN pg_namespace AS n ON n.nspname = w.schemaname
          JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.tablename
         WHERE c.relkind IN ('r', 'm') AND c.reltuples > 0 AND c.relpages > 8),
      estimates AS (
        SELECT t.*, greatest(t.pages - ceil(t.reltuples / greatest(floor((t.page - 24) * t.fillfactor / 100 / t.row_bytes), 1)), 0) AS wasted
          FROM tables AS t)
      SELECT e.oid::regclass::text AS "table",
             e.pages * e.page AS "bytes",
             e.wasted * e.page AS "wasted",
             100 * e.wasted / e.pages AS "wastedPercent",
             e.reltuples::float8 AS "rows",
             e.row_bytes::float8 AS "rowBytes",
             e.fillfactor AS "fillfactor"
        FROM estimates AS e
       WHERE e.wasted > 0
       ORDER BY e.wasted DESC
       ${shown}`,
  },
  row,
  columns: {
    table: { title: 'Table', kind: 'text' },
    bytes: { title: 'Size', kind: 'bytes', note: 'At the last VACUUM or ANALYZE, without TOAST and indexes' },
    wasted: { title: 'Without rows', kind: 'bytes', note: 'An estimate' },
    wastedPercent: { title: 'Without rows', kind: 'percent', note: 'An estimate' },
    rows: { title: 'Rows', kind: 'count' },
    rowBytes: { title: 'A row', kind: 'bytes' },
    fillfactor: { title: 'Fill factor', kind: 'percent' },
  },
  thresholds: {
    wastedWarn: { title: 'Room without rows', unit: 'percent', verdict: 'warn', standard: 50 },
    bytesFrom: {
      title: 'Bytes without rows from which their share counts',
      unit: 'bytes',
      verdict: null,
      standard: 100 * 1024 ** 2,
    },
  },
  judge(rows, { thresholds: { wastedWarn, bytesFrom } }) {
    const findings = rows.flatMap((one, index) =>
      judged(one.wasted >= bytesFrom.value ? one.wastedPercent : null, [wastedWarn], {
        text: `About ${one.wastedPercent.toFixed(0)} % of ${one.table}, ${formatBytes(one.wasted)}, hold no row.`,
        row: index,
        remedies: [
          {
            text: 'Measure it first: pgstattuple counts where this estimates.',
            sql: `SELECT * FROM pgstattuple_approx('${one.table.replaceAll("'", "''")}');`,
          },
          {
            text: 'pg_repack gives the room back while the table is in use. VACUUM FULL locks it against reading and writing meanwhile.',
            sql: null,
          },
        ],
      }),
    )
    const wasted = rows.reduce((sum, one) => sum + one.wasted, 0)
    return {
      summary: `About ${formatBytes(wasted)} without rows in ${counted(rows.length, 'table')}.`,
      findings,
    }
  },
})
