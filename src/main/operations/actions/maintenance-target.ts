import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { MaintenanceKind, RelationFigures } from '../../../shared/operations-actions.ts'
import type { Writing } from '../../session/writer.ts'

/** A table with its partitions, or an index. */
export type MaintenanceTarget = {
  oid: string
  schema: string
  name: string
  /** As SQL writes it. */
  relation: string
  kind: string
  /** The table of an index, as SQL writes it; otherwise the same. */
  table: string
  owner: string
  me: string
  major: number
}

/** Tables, partitioned ones, materialized views, TOAST. */
const tables = ['r', 'p', 'm', 't']
const indexes = ['i', 'I']

/** Fails with `NOT_FOUND`, or with `INVALID_INPUT` where it is not of a kind that can be maintained so. */
export const findTarget = async (
  query: Writing['query'],
  { relation, what }: { relation: string; what: MaintenanceKind },
  major: number,
): Promise<MaintenanceTarget> => {
  const [target] = await query(
    sql<MaintenanceTarget>`
      SELECT c.oid::text AS "oid", n.nspname::text AS "schema", c.relname::text AS "name", c.oid::regclass::text AS "relation",
             c.relkind AS "kind",
             coalesce((SELECT i.indrelid::regclass::text FROM pg_index AS i WHERE i.indexrelid = c.oid), c.oid::regclass::text) AS "table",
             pg_get_userbyid(c.relowner)::text AS "owner", current_user::text AS "me", ${sql.lit(major)}::int AS "major"
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE c.oid = to_regclass(${relation})`,
  )
  if (target === undefined) {
    throw new ConsoleError('NOT_FOUND', `There is no ${relation}.`, 'It may have been dropped or renamed.')
  }
  const fit = what === 'reindex-concurrently' ? [...tables, ...indexes] : tables
  if (!fit.includes(target.kind)) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `${target.relation} is not ${what === 'reindex-concurrently' ? 'a table or an index' : 'a table'}.`,
      'Take a table that the statistics name.',
    )
  }
  return target
}

/** Figures of a table with its partitions, and how often it was vacuumed and analyzed by hand. */
export const readFigures = async (
  query: Writing['query'],
  { oid, kind }: MaintenanceTarget,
): Promise<{ figures: RelationFigures; runs: number }> => {
  const [row] = await query(
    sql<RelationFigures & { runs: number }>`
      WITH parts AS (
        SELECT ${oid}::oid AS oid
         UNION
        SELECT p.relid::oid FROM pg_partition_tree(${oid}::oid) AS p WHERE p.isleaf)
      SELECT sum(s.n_dead_tup)::float8 AS "deadRows",
             sum(s.n_live_tup)::float8 AS "liveRows",
             coalesce(sum(${indexes.includes(kind) ? sql`pg_relation_size(parts.oid)` : sql`pg_table_size(parts.oid)`}), 0)::float8 AS "bytes",
             coalesce(sum(pg_indexes_size(parts.oid)), 0)::float8 AS "indexBytes",
             coalesce(sum(s.vacuum_count + s.analyze_count), 0)::int AS "runs"
        FROM parts
        LEFT JOIN pg_stat_all_tables AS s ON s.relid = parts.oid`,
  )
  if (row === undefined) throw new Error('an aggregate has a row')
  const { runs, ...figures } = row
  return { figures, runs }
}

/** Indexes of the table that a REINDEX CONCURRENTLY left behind, invalid, as SQL writes them. */
export const readLeftovers = async (
  query: Writing['query'],
  { table }: MaintenanceTarget,
): Promise<string[]> => {
  const found = await query(
    sql<{ index: string }>`
      SELECT i.indexrelid::regclass::text AS "index"
        FROM pg_class AS t
        JOIN pg_index AS i ON i.indrelid IN (t.oid, t.reltoastrelid)
        JOIN pg_class AS c ON c.oid = i.indexrelid
       WHERE (t.oid = to_regclass(${table}) OR t.oid IN (SELECT p.relid FROM pg_partition_tree(to_regclass(${table})) AS p))
         AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
       ORDER BY 1`,
  )
  return found.map(({ index }) => index)
}
