import type { Node } from 'libpg-query'
import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import { newTag } from '../session/tag.ts'
import type { ShadowKind } from './shadow.ts'
import { ShadowUnfit } from './shadow-unfit.ts'
import type { SqlStatement } from './statements.ts'

/** Where roles, tablespaces and databases are kept: what is written there holds for the whole cluster, not for the shadow alone. */
const sharedCatalogs = [
  'pg_authid',
  'pg_auth_members',
  'pg_database',
  'pg_db_role_setting',
  'pg_parameter_acl',
  'pg_replication_origin',
  'pg_shdescription',
  'pg_shseclabel',
  'pg_subscription',
  'pg_tablespace',
]

const otherDatabases = `
  select pg_catalog.md5(coalesce(pg_catalog.string_agg(
           pg_catalog.concat_ws('|', oid, datname, datdba, datallowconn, datconnlimit, dattablespace, datacl), ',' order by oid), ''))
    from pg_catalog.pg_database where datname <> pg_catalog.current_database()`

/**
 * Runs `work` in a transaction and commits it when it stayed inside the shadow. A migration that changes a role was right to do
 * so once; a check must not do it again. Fails with `ShadowUnfit`, and then nothing was changed. An embedded server is all ours.
 */
export const withinShadow = async (
  shadow: pg.ClientBase,
  kind: ShadowKind,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> => {
  const ask = async (sql: string, values: unknown[] = []): Promise<string[]> => {
    const { rows } = await shadow.query<{ answer: string }>(`${newTag()} ${sql}`, values)
    return rows.map(({ answer }) => answer)
  }
  await shadow.query('begin')
  try {
    const before = await ask(`select (${otherDatabases}) as "answer"`)
    await work()
    // A write to a catalog keeps this lock until the transaction ends.
    const written = await ask(
      `select c.relname::text as "answer"
         from pg_catalog.pg_locks as l
         join pg_catalog.pg_class as c on c.oid = l.relation
        where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.database = 0
          and l.mode <> 'AccessShareLock' and l.mode <> 'RowShareLock' and c.relname = any ($1)`,
      [sharedCatalogs],
    )
    const [after] = await ask(`select (${otherDatabases}) as "answer"`)
    // GRANT … ON DATABASE of the shadow itself is written to pg_database, too.
    const reached = written.filter((catalog) => catalog !== 'pg_database' || after !== before[0])
    if (kind === 'same-server' && reached.length > 0) {
      throw new ShadowUnfit(
        'place',
        `${name} changes what belongs to the whole server (${reached.join(', ')}), which a check must not do again.`,
      )
    }
    await shadow.query('commit')
  } catch (error) {
    // Fails only on a connection that is gone, and its transaction with it.
    await shadow.query('rollback').catch(() => undefined)
    throw error
  }
}

const isFalse = (node: Node | undefined): boolean => {
  if (node === undefined) return false
  if ('Boolean' in node) return node.Boolean.boolval !== true
  if ('String' in node) return /^(false|off|no|0)$/i.test(node.String.sval ?? '')
  return 'Integer' in node && (node.Integer.ival ?? 0) === 0
}

/** What a statement does outside of any database; null: nothing. */
const outside = ({ node }: SqlStatement): string | null => {
  if (node === null) return null
  if ('CreateSubscriptionStmt' in node) {
    const connects = !(node.CreateSubscriptionStmt.options ?? []).some(
      (option) => 'DefElem' in option && option.DefElem.defname === 'connect' && isFalse(option.DefElem.arg),
    )
    return connects ? 'connects to a publisher' : null
  }
  if ('CopyStmt' in node && node.CopyStmt.is_program === true) return 'runs a program on the server'
  return null
}

/** Refuses what no shadow keeps inside: a check would do it once more in the world. Fails with `MIGRATION_FAILED`. */
export const refuseOutside = (name: string, statements: readonly SqlStatement[]): void => {
  for (const statement of statements) {
    const what = outside(statement)
    if (what === null) continue
    throw new ConsoleError(
      'MIGRATION_FAILED',
      `${name} cannot be run on a shadow: line ${statement.line} ${what}.`,
      'Take that statement out of the migrations, and keep it with the other steps of setting up the server.',
    )
  }
}
