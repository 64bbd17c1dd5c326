import { sql } from 'kysely'
import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { ActDone, ResetStatementsInput } from '../../../shared/operations-actions.ts'
import { identifier } from '../../session/identifier.ts'
import type { Writer, Writing } from '../../session/writer.ts'
import { recordAct } from './recording.ts'
import { idsOf, schemaOfStatements } from './statement-text.ts'

/** Superusers only, unless somebody was granted it. */
const assertMayReset = async (query: Writing['query'], schema: string): Promise<void> => {
  const [reset] = await query(
    sql<{ name: string; may: boolean; me: string }>`
      SELECT p.oid::regprocedure::text AS "name", has_function_privilege(p.oid, 'EXECUTE') AS "may", current_user::text AS "me"
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
       WHERE n.nspname = ${schema} AND p.proname = 'pg_stat_statements_reset'`,
  )
  if (reset === undefined || reset.may) return
  throw new ConsoleError(
    'PERMISSION_DENIED',
    `${reset.me} may not reset statistics of statements.`,
    `Let a superuser run: GRANT EXECUTE ON FUNCTION ${reset.name} TO ${pg.escapeIdentifier(reset.me)};`,
  )
}

/** Begins the figures of all statements anew, or those of one. Recorded first, in the same transaction. */
export const resetStatements = (
  writer: Writer,
  { only, reason }: ResetStatementsInput,
  signal: AbortSignal,
): Promise<ActDone> =>
  writer.write(reason, signal, async ({ query }) => {
    const schema = await schemaOfStatements(query)
    await assertMayReset(query, schema)
    const recording = await recordAct(query, { what: 'reset statements', scope: { only }, reason })
    const reset = identifier(schema, 'pg_stat_statements_reset')
    if (only === null) {
      await query(sql`SELECT ${reset}()`)
      return { text: 'The figures of all statements, of all databases, begin anew.', recording }
    }
    const { user, database } = idsOf(only)
    // A zero would mean all users or databases: none that is gone is made one.
    const done = await query(
      sql`SELECT ${reset}(${user}, ${database}, ${only.queryId}::bigint) WHERE num_nulls(${user}, ${database}) = 0`,
    )
    if (done.length === 0) {
      throw new ConsoleError(
        'NOT_FOUND',
        `The role ${only.user} or the database ${only.database} is gone. Nothing was reset.`,
        'Read the list again.',
      )
    }
    return { text: 'The figures of this statement begin anew.', recording }
  })
