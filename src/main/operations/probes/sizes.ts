import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { hiddenSessions } from '../needs.ts'
import { defineProbe } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  kind: z.enum(['database', 'wal', 'table']),
  name: z.string(),
  bytes: z.number().nullable(),
  indexBytes: z.number().nullable(),
  rows: z.number().nullable(),
})

export const sizes = defineProbe({
  id: 'sizes',
  title: 'Sizes',
  about: 'Databases, WAL, and the largest tables of this database with their indexes and TOAST.',
  section: 'server',
  cadence: 'any',
  interval: 600,
  timeout: 30_000,
  needs: [],
  wants: [{ kind: 'function', name: 'pg_catalog.pg_ls_waldir()' }],
  // The largest by relpages, as of their last VACUUM, are measured on disk.
  sql: {
    14: (server) => sql`
      SELECT kind, name, bytes::float8 AS "bytes", index_bytes::float8 AS "indexBytes", rows::float8 AS "rows"
        FROM (SELECT 1 AS place, 'database' AS kind, d.datname::text AS name,
                     CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR ${sql.lit(server.seesAll)} THEN pg_database_size(d.oid) END AS bytes,
                     NULL::bigint AS index_bytes, NULL::float4 AS rows
                FROM pg_database AS d
              UNION ALL
              SELECT 2, 'wal', 'pg_wal', ${
                server.has.has('pg_catalog.pg_ls_waldir()')
                  ? sql`(SELECT sum(w.size)::bigint FROM pg_ls_waldir() AS w)`
                  : sql`NULL::bigint`
              }, NULL, NULL
              UNION ALL
              SELECT 3, 'table', t.oid::regclass::text, pg_total_relation_size(t.oid), pg_indexes_size(t.oid), nullif(t.reltuples, -1)
                FROM (SELECT c.oid, c.reltuples
                        FROM pg_class AS c
                        JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
                       WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_(temp|toast)'
                       ORDER BY c.relpages + coalesce(toast.relpages, 0) DESC
                       LIMIT 100) AS t) AS sizes
       ORDER BY place, bytes DESC NULLS LAST
       ${shown}`,
  },
  row,
  columns: {
    kind: { title: 'What', kind: 'text' },
    name: { title: 'Name', kind: 'text' },
    bytes: { title: 'Size', kind: 'bytes', note: 'Of a table with its indexes and TOAST' },
    indexBytes: { title: 'Of it indexes', kind: 'bytes' },
    rows: { title: 'Rows', kind: 'count', note: 'An estimate' },
  },
  thresholds: {},
  judge(rows, { server }) {
    const own = rows.find(({ kind, name }) => kind === 'database' && name === server.database)
    return {
      summary:
        own?.bytes == null
          ? 'The size of this database is not known.'
          : `${server.database} takes ${formatBytes(own.bytes)}.`,
      findings: rows.some(({ bytes }) => bytes === null)
        ? [hiddenSessions(server, 'a part of the sizes')]
        : [],
    }
  },
})
