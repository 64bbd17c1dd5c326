import type { Node, RangeVar } from 'libpg-query'
import pg from 'pg'
import type { Ask } from './ask.ts'
import { indexBuildOf, indexState } from './index-build.ts'
import type { SqlStatement } from './statements.ts'

/**
 * What became of a statement without a transaction whose end was not seen. `again`: run it once more, which is harmless.
 * `sql`: this brings it to its end.
 */
export type Whereabouts = 'done' | 'again' | 'unknown' | { sql: string }

/** Once more does no harm, and nothing is left of an attempt that stopped but, of REINDEX, an index nobody uses. */
const harmless = ['VacuumStmt', 'ClusterStmt', 'ReindexStmt', 'AlterSystemStmt']

const nameOf = (relation: RangeVar | undefined): string =>
  [relation?.schemaname, relation?.relname]
    .flatMap((name) => (name === undefined ? [] : pg.escapeIdentifier(name)))
    .join('.')

const droppedNames = (objects: readonly Node[]): string[] =>
  objects.map((object) =>
    'List' in object
      ? (object.List.items ?? [])
          .flatMap((item) => ('String' in item ? pg.escapeIdentifier(item.String.sval ?? '') : []))
          .join('.')
      : '',
  )

const afterDetach = async (ask: Ask, parent: string, partition: string): Promise<Whereabouts> => {
  const [row] = await ask<{ pending: boolean }>(
    `select coalesce((pg_catalog.to_jsonb(i.*)->>'inhdetachpending')::boolean, false) as "pending"
       from pg_catalog.pg_inherits as i
      where i.inhparent = pg_catalog.to_regclass($1) and i.inhrelid = pg_catalog.to_regclass($2)`,
    [parent, partition],
  )
  if (row === undefined) return 'done'
  return row.pending ? { sql: `alter table ${parent} detach partition ${partition} finalize` } : 'again'
}

/** Asks the server how far a statement came. Only for one that `standsAlone`: all others are done or not, together with their mark. */
export const whereabouts = async (ask: Ask, statement: SqlStatement): Promise<Whereabouts> => {
  const { node } = statement
  if (node === null) return 'unknown'
  if (harmless.some((kind) => kind in node)) return 'again'
  const build = indexBuildOf(statement)
  if (build !== null) return (await indexState(ask, build)) === 'valid' ? 'done' : 'again'
  if ('DropStmt' in node) {
    const rows = await ask<{ name: string }>(
      `select name from pg_catalog.unnest($1::text[]) as names (name) where pg_catalog.to_regclass(name) is not null`,
      [droppedNames(node.DropStmt.objects ?? [])],
    )
    return rows.length === 0 ? 'done' : 'again'
  }
  if ('AlterTableStmt' in node) {
    const [command] = node.AlterTableStmt.cmds ?? []
    const change = command !== undefined && 'AlterTableCmd' in command ? command.AlterTableCmd : undefined
    const partition =
      change?.def !== undefined && 'PartitionCmd' in change.def ? change.def.PartitionCmd.name : undefined
    return afterDetach(ask, nameOf(node.AlterTableStmt.relation), nameOf(partition))
  }
  return 'unknown'
}
