import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe } from '../probe.ts'
import { mayMaintain, shown } from '../sql-parts.ts'

const row = z.object({
  index: z.string(),
  table: z.string(),
  bytes: z.number(),
  wasted: z.number(),
  wastedPercent: z.number(),
  entries: z.number(),
  entryBytes: z.number(),
  fillfactor: z.number(),
  mayMaintain: z.boolean(),
})

export const indexBloat = defineProbe({
  id: 'index-bloat',
  title: 'Bloat of indexes',
  about:
    'An estimate of the room in B-trees that holds no entry, from what the planner knows of their columns. Where values repeat a B-tree takes less than that, and there is more such room.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 3600,
  timeout: 30_000,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  // An entry: its header, with a null bitmap where there are nulls, what its columns take on average, alignment, and its pointer in the page.
  // A page has a header of 24 bytes and 16 at its end; one more page says where the root is, and each page has an entry in one above.
  // https://www.postgresql.org/docs/current/btree.html#BTREE-STRUCTURE
  sql: {
    14: (server) => sql`
      WITH trees AS (
        SELECT c.oid, i.indrelid, c.reltuples::float8 AS entries, c.relpages::float8 AS pages, current_setting('block_size')::float8 AS page,
               coalesce(substring(array_to_string(c.reloptions, ' ') FROM 'fillfactor=([0-9]+)')::float8, 90) AS fillfactor,
               ceil((CASE WHEN w.nulls THEN 16 ELSE 8 END + w.width) / 8.0) * 8 + 4 AS entry_bytes
          FROM pg_index AS i
          JOIN pg_class AS c ON c.oid = i.indexrelid
          JOIN pg_class AS t ON t.oid = i.indrelid
          JOIN pg_namespace AS n ON n.oid = c.relnamespace
          -- Of an expression the statistics are those of the index itself.
         CROSS JOIN LATERAL (
               SELECT sum((1 - s.null_frac) * s.avg_width) AS width, max(s.null_frac) > 0 AS nulls, count(*) AS columns
                 FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                 JOIN pg_attribute AS a ON a.attrelid = CASE k.attnum WHEN 0 THEN i.indexrelid ELSE i.indrelid END
                                       AND a.attnum = CASE k.attnum WHEN 0 THEN k.place ELSE k.attnum END
                 JOIN pg_stats AS s ON s.schemaname = n.nspname AND s.attname = a.attname AND NOT s.inherited
                                   AND s.tablename = CASE k.attnum WHEN 0 THEN c.relname ELSE t.relname END) AS w
         WHERE c.relkind = 'i' AND c.relam = (SELECT m.oid FROM pg_am AS m WHERE m.amname = 'btree')
           AND i.indisvalid AND c.reltuples >= 0 AND c.relpages > 8
           AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           AND w.columns = i.indnatts),
      estimates AS (
        SELECT t.*, greatest(t.pages - 1 - ceil(t.entries / f.leaf * (1 + 1 / f.leaf)), 0) AS wasted
          FROM trees AS t
         CROSS JOIN LATERAL (SELECT greatest(floor((t.page - 40) * t.fillfactor / 100 / t.entry_bytes), 1) AS leaf) AS f)
      SELECT e.oid::regclass::text AS "index",
             e.indrelid::regclass::text AS "table",
             e.pages * e.page AS "bytes",
             e.wasted * e.page AS "wasted",
             100 * e.wasted / e.pages AS "wastedPercent",
             e.entries AS "entries",
             e.entry_bytes::float8 AS "entryBytes",
             e.fillfactor AS "fillfactor",
             (SELECT ${mayMaintain(server.major)} FROM pg_class AS c WHERE c.oid = e.indrelid) AS "mayMaintain"
        FROM estimates AS e
       WHERE e.wasted > 0
       ORDER BY e.wasted DESC
       ${shown}`,
  },
  row,
  columns: {
    index: { title: 'Index', kind: 'text' },
    table: { title: 'Table', kind: 'text' },
    bytes: { title: 'Size', kind: 'bytes', note: 'At the last VACUUM or ANALYZE' },
    wasted: { title: 'Without entries', kind: 'bytes', note: 'An estimate' },
    wastedPercent: { title: 'Without entries', kind: 'percent', note: 'An estimate' },
    entries: { title: 'Entries', kind: 'count' },
    entryBytes: { title: 'An entry', kind: 'bytes', note: 'Where each value is there once' },
    fillfactor: { title: 'Fill factor', kind: 'percent' },
    mayMaintain: { title: 'You may', kind: 'boolean' },
  },
  thresholds: {
    wastedWarn: { title: 'Room without entries', unit: 'percent', verdict: 'warn', standard: 50 },
    bytesFrom: {
      title: 'Bytes without entries from which their share counts',
      unit: 'bytes',
      verdict: null,
      standard: 100 * 1024 ** 2,
    },
  },
  judge(rows, { thresholds: { wastedWarn, bytesFrom } }) {
    const wasted = rows.reduce((sum, one) => sum + one.wasted, 0)
    return {
      summary: `About ${formatBytes(wasted)} without entries in ${counted(rows.length, 'index', 'indexes')}.`,
      findings: rows.flatMap((one, index) =>
        judged(one.wasted >= bytesFrom.value ? one.wastedPercent : null, [wastedWarn], {
          text: `About ${one.wastedPercent.toFixed(0)} % of ${one.index}, ${formatBytes(one.wasted)}, hold no entry.`,
          row: index,
          remedies: [
            {
              text: 'Measure it first: pgstattuple reads all of the index, and tells how dense its leaves are.',
              sql: `SELECT * FROM pgstatindex('${one.index.replaceAll("'", "''")}');`,
            },
            {
              text: 'Build it anew, beside its use; it takes its size once more meanwhile.',
              sql: `REINDEX INDEX CONCURRENTLY ${one.index};`,
            },
          ],
        }),
      ),
    }
  },
})
