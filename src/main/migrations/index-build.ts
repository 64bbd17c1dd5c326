import pg from 'pg'
import type { Ask } from './ask.ts'
import type { SqlStatement } from './statements.ts'

const { escapeIdentifier } = pg

/** An index that is built without a transaction: a build that stops leaves it behind, invalid. */
export type IndexBuild = {
  /** Table and index as SQL writes them. */
  table: string
  index: string
}

export const indexBuildOf = ({ node }: SqlStatement): IndexBuild | null => {
  if (node === null || !('IndexStmt' in node)) return null
  const { concurrent, idxname, relation } = node.IndexStmt
  if (concurrent !== true || idxname === undefined || relation?.relname === undefined) return null
  const { schemaname, relname } = relation
  return {
    table: [schemaname, relname]
      .flatMap((name) => (name === undefined ? [] : escapeIdentifier(name)))
      .join('.'),
    index: idxname,
  }
}

/** Whether the index is there, and can be used. Its schema is its table's. */
export const indexState = async (
  ask: Ask,
  { table, index }: IndexBuild,
): Promise<'absent' | 'invalid' | 'valid'> => {
  const [row] = await ask<{ valid: boolean }>(
    `select i.indisvalid and i.indisready as "valid"
       from pg_catalog.pg_class as t
       join pg_catalog.pg_class as c on c.relnamespace = t.relnamespace and c.relname = $2
       join pg_catalog.pg_index as i on i.indexrelid = c.oid and i.indrelid = t.oid
      where t.oid = pg_catalog.to_regclass($1)`,
    [table, index],
  )
  if (row === undefined) return 'absent'
  return row.valid ? 'valid' : 'invalid'
}

/** The statement that takes away what a build that stopped has left; null: nothing is. */
export const dropOfInvalid = async (ask: Ask, build: IndexBuild): Promise<string | null> => {
  if ((await indexState(ask, build)) !== 'invalid') return null
  const [row] = await ask<{ name: string }>(
    `select pg_catalog.format('%I.%I', n.nspname, $2::text) as "name"
       from pg_catalog.pg_class as t join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
      where t.oid = pg_catalog.to_regclass($1)`,
    [build.table, build.index],
  )
  return row === undefined ? null : `drop index concurrently if exists ${row.name}`
}
