import { sql } from 'kysely'
import { formatBytes } from '../../../shared/format-quantity.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import type { Writing } from '../../session/writer.ts'

/** Columns of the progress views, of which each version has its own. */
type Columns = Readonly<Record<string, number | string | null>>

const numberOf = (columns: Columns, name: string): number => Number(columns[name] ?? 0)

/** How full the memory for dead rows is; once it is full, all indexes are gone through. Since 17 it counts bytes. */
const memory = (columns: Columns): string => {
  if ('max_dead_tuple_bytes' in columns) {
    const [used, most] = ['dead_tuple_bytes', 'max_dead_tuple_bytes'].map((name) => numberOf(columns, name))
    return `${formatBytes(used ?? 0)} of ${formatBytes(most ?? 0)} for dead rows`
  }
  return `${numberOf(columns, 'num_dead_tuples').toLocaleString('en')} dead rows so far`
}

const progressOf = (view: string, columns: Columns): JobProgress => {
  const phase = String(columns.phase ?? '')
  const on = (what = ''): string => `${phase} of ${columns.relation ?? 'it'}${what === '' ? '' : `, ${what}`}`
  const pages = (done: string, total: string, what?: string): JobProgress => ({
    done: numberOf(columns, done),
    total: numberOf(columns, total),
    unit: 'pages',
    what: on(what),
  })
  switch (view) {
    case 'vacuum':
      if (phase === 'scanning heap') return pages('heap_blks_scanned', 'heap_blks_total', memory(columns))
      if (phase === 'vacuuming heap') return pages('heap_blks_vacuumed', 'heap_blks_total')
      return 'indexes_total' in columns && numberOf(columns, 'indexes_total') > 0
        ? {
            done: numberOf(columns, 'indexes_processed'),
            total: numberOf(columns, 'indexes_total'),
            unit: 'indexes',
            what: on(),
          }
        : {
            done: numberOf(columns, 'index_vacuum_count'),
            total: null,
            unit: 'passes over the indexes',
            what: on(),
          }
    case 'analyze':
      return numberOf(columns, 'child_tables_total') > 0
        ? {
            done: numberOf(columns, 'child_tables_done'),
            total: numberOf(columns, 'child_tables_total'),
            unit: 'partitions',
            what: on(),
          }
        : pages('sample_blks_scanned', 'sample_blks_total')
    default:
      if (numberOf(columns, 'lockers_total') > 0) {
        return {
          done: numberOf(columns, 'lockers_done'),
          total: numberOf(columns, 'lockers_total'),
          unit: 'transactions',
          what: `${phase}, at the moment for backend ${columns.current_locker_pid ?? '?'}`,
        }
      }
      return numberOf(columns, 'blocks_total') > 0
        ? pages('blocks_done', 'blocks_total')
        : {
            done: numberOf(columns, 'tuples_done'),
            total: numberOf(columns, 'tuples_total'),
            unit: 'rows',
            what: on(),
          }
  }
}

/** How far the backend is with VACUUM, ANALYZE or an index, in the server's own units; null while it is with none. */
export const readProgress = async (query: Writing['query'], pid: number): Promise<JobProgress | null> => {
  const part = (view: string, relation = sql`p.relid`) =>
    sql`SELECT ${sql.lit(view)} AS "view", to_jsonb(p) || jsonb_build_object('relation', ${relation}::regclass::text) AS "columns"
          FROM ${sql.id(`pg_stat_progress_${view}`)} AS p WHERE p.pid = ${pid}`
  const [row] = await query(
    sql<{ view: string; columns: Columns }>`
      ${part('vacuum')} UNION ALL ${part('analyze')} UNION ALL
      ${part('create_index', sql`coalesce(nullif(p.index_relid, 0), p.relid)`)}`,
  )
  return row === undefined ? null : progressOf(row.view, row.columns)
}
