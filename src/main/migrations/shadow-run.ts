import pg from 'pg'
import { ConsoleError, cancelled } from '../../shared/errors.ts'
import { databaseError } from '../session/database-errors.ts'
import { newTag } from '../session/tag.ts'
import type { MigrationScript } from './files.ts'
import type { ShadowKind } from './shadow.ts'
import { enterShadow } from './shadow-database.ts'
import { refuseOutside, withinShadow } from './shadow-reach.ts'
import { ShadowUnfit, unfitness } from './shadow-unfit.ts'
import { type SqlStatement, splitStatements } from './statements.ts'

export type NamedScript = { name: string; script: MigrationScript }

/**
 * Runs scripts on a shadow as `migrate` runs them on the target, each beginning as on a new connection. On the target's own
 * server nothing but the shadow is changed, or it fails with `ShadowUnfit`; what cannot be kept inside any shadow fails with
 * `MIGRATION_FAILED`, as a script does that is wrong.
 */
export const runOnShadow = async (
  shadow: pg.Client,
  kind: ShadowKind,
  scripts: readonly NamedScript[],
  options: { signal: AbortSignal; onScript?: (name: string, index: number) => void },
): Promise<void> => {
  const role = await currentRole(shadow)
  for (const [index, { name, script }] of scripts.entries()) {
    options.signal.throwIfAborted()
    options.onScript?.(name, index)
    try {
      const statements = await splitStatements(script.sql)
      refuseOutside(name, statements)
      // Settings and temporary tables of the script before must not reach this one.
      await shadow.query('discard all')
      await enterShadow(shadow, role)
      await runScript(shadow, kind, { name, script }, statements)
    } catch (error) {
      if (options.signal.aborted) throw cancelled('The work on the shadow')
      throw explained(error, shadow, { name, script }, kind)
    }
  }
}

const currentRole = async (client: pg.ClientBase): Promise<string> => {
  const { rows } = await client.query<{ role: string }>(`${newTag()} select current_user::text as "role"`)
  return rows[0]?.role ?? ''
}

const runScript = async (
  shadow: pg.Client,
  kind: ShadowKind,
  { name, script }: NamedScript,
  statements: readonly SqlStatement[],
): Promise<void> => {
  const inTransaction = (sql: string) =>
    withinShadow(shadow, kind, name, () => shadow.query(`${newTag()} ${sql}`))
  if (script.transactional) return inTransaction(script.sql)
  for (const statement of statements) {
    if (kind === 'embedded' || staysInside(statement)) await shadow.query(`${newTag()} ${statement.sql}`)
    else await inTransaction(statement.sql)
  }
}

/** Statements that may refuse a transaction, and change nothing but their own database. */
const staysInside = ({ node }: SqlStatement): boolean =>
  node !== null &&
  [
    'AlterEnumStmt',
    'AlterTableStmt',
    'ClusterStmt',
    'DropStmt',
    'IndexStmt',
    'ReindexStmt',
    'VacuumStmt',
  ].some((kind) => kind in node)

const noTransaction = '25001'

const explained = (
  error: unknown,
  shadow: pg.Client,
  { name, script }: NamedScript,
  kind: ShadowKind,
): unknown => {
  if (!(error instanceof pg.DatabaseError)) return error
  if (unfitness(error) !== null) return error
  if (error.code === noTransaction && kind === 'same-server') {
    return new ShadowUnfit('place', `${name} has a statement that no transaction can take back.`)
  }
  const { host, port, user = '', database = '' } = shadow
  const said = databaseError(error, { host: { host, port }, database, user, role: null })
  // The position counts characters from 1; the tag in front has no line end.
  const at = error.position === undefined ? null : Number(error.position)
  const line = at === null ? '' : `, line ${script.sql.slice(0, at).split('\n').length}`
  return new ConsoleError(
    'MIGRATION_FAILED',
    `${name}${line}, fails on the shadow (${kind === 'embedded' ? 'embedded PostgreSQL 16' : 'same server'}): ${said.message}`,
    kind === 'embedded'
      ? "A shadow on the target's own server may know more: let the connection write, as a role with CREATEDB."
      : 'The file does not run on an empty database any more. Find out what it counts on, and add that to the migrations.',
    { sqlstate: error.code, cause: error },
  )
}
