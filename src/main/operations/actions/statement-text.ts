import { type RawBuilder, sql } from 'kysely'
import { hasSqlDetails, parse } from 'libpg-query'
import { ConsoleError } from '../../../shared/errors.ts'
import type { StatementRef, StatementText } from '../../../shared/operations-actions.ts'
import { identifier } from '../../session/identifier.ts'
import type { Writing } from '../../session/writer.ts'
import { hideSecrets } from '../hide-secrets.ts'

/** First version that plans a statement whose values are not known. */
const genericPlan = 16

/** What EXPLAIN takes, and does not run. */
const plannable = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']

/** The schema of pg_stat_statements. Fails with `NOT_FOUND`. */
export const schemaOfStatements = async (query: Writing['query']): Promise<string> => {
  const [extension] = await query(
    sql<{ schema: string }>`
      SELECT n.nspname::text AS "schema" FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
       WHERE e.extname = 'pg_stat_statements'`,
  )
  if (extension !== undefined) return extension.schema
  throw new ConsoleError(
    'NOT_FOUND',
    'pg_stat_statements is not installed in this database.',
    'Let a superuser run: CREATE EXTENSION pg_stat_statements; the server has to load it first.',
  )
}

/** Who ran it where. Null: a role or database that is gone. */
export const idsOf = ({ user, database }: StatementRef): Record<'user' | 'database', RawBuilder<number>> => ({
  user: sql`(SELECT r.oid FROM pg_roles AS r WHERE r.rolname = ${user})`,
  database: sql`(SELECT d.oid FROM pg_database AS d WHERE d.datname = ${database})`,
})

/** Its text as it is. Read for one statement, on demand: the server loads the texts of all for it. */
export const readStatement = async (query: Writing['query'], ref: StatementRef): Promise<string> => {
  const schema = await schemaOfStatements(query)
  const { user, database } = idsOf(ref)
  const [found] = await query(
    sql<{ text: string | null }>`
      SELECT s.query AS "text" FROM ${identifier(schema, 'pg_stat_statements')}(true) AS s
       WHERE s.queryid = ${ref.queryId}::bigint AND s.userid = ${user} AND s.dbid = ${database}
       LIMIT 1`,
  )
  if (found?.text != null) return found.text
  throw new ConsoleError(
    'NOT_FOUND',
    'The server does not know this statement any more, or this role may not see it.',
    'It was evicted or reset, unless the role is no member of pg_read_all_stats. Read the list again.',
  )
}

/** Why a statement cannot be explained; null: it can. Exactly one statement passes, since it is sent in a way that takes several. */
export const explainRefusal = async (
  text: string,
  { database }: StatementRef,
  server: { major: number; database: string },
): Promise<ConsoleError | null> => {
  if (server.major < genericPlan) {
    return new ConsoleError(
      'INVALID_SQL',
      `Explaining a statement without its values is not possible before PostgreSQL ${genericPlan}; this server is ${server.major}.`,
      byHand,
    )
  }
  if (database !== server.database) {
    return new ConsoleError(
      'INVALID_SQL',
      `The statement ran in database ${database}, and this session is in ${server.database}.`,
      'Connect to that database.',
    )
  }
  try {
    const { stmts = [] } = await parse(text)
    const [only] = stmts
    if (stmts.length === 1 && plannable.some((kind) => only?.stmt !== undefined && kind in only.stmt))
      return null
    return new ConsoleError('INVALID_SQL', 'The server plans no such statement: it only runs it.', byHand)
  } catch (error) {
    if (!hasSqlDetails(error)) throw error
    return new ConsoleError('INVALID_SQL', 'Without its values this is not a whole statement.', byHand)
  }
}

export const byHand = 'Run EXPLAIN by hand, with values in the places of $1 and so on.'

export const describeStatement = async (
  query: Writing['query'],
  ref: StatementRef,
  server: { major: number; database: string },
): Promise<StatementText> => {
  const text = await readStatement(query, ref)
  const refusal = await explainRefusal(text, ref, server)
  return { text: hideSecrets(text), refusal: refusal?.toShape() ?? null }
}
