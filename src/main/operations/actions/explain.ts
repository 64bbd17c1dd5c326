import { ConsoleError, cancelled } from '../../../shared/errors.ts'
import type { Explained, StatementRef } from '../../../shared/operations-actions.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import type { Writing } from '../../session/writer.ts'
import { byHand, explainRefusal, readStatement } from './statement-text.ts'

/** Milliseconds that planning may take. */
const planningTime = 5000

/** Of the transaction only. The role's own search_path stays, with which names are likeliest found. */
const settings = `SELECT pg_catalog.set_config(name, value, true) FROM (VALUES
    ('statement_timeout', $1), ('lock_timeout', $1), ('standard_conforming_strings', 'on'),
    ('role', coalesce((SELECT r.rolname::text FROM pg_catalog.pg_roles AS r
                        WHERE r.rolname = $2 AND pg_catalog.pg_has_role(session_user, r.oid, 'SET')), $3))
  ) AS pinned (name, value) WHERE value IS NOT NULL`

/**
 * The generic plan of a statement that ran in this database, in a transaction that only reads. Nothing of it is run but what planning
 * itself calls: functions that call themselves immutable, and those with the rights of who ran it where the session may become that role.
 * Sent through the simple protocol, since through the extended one its placeholders would want values.
 */
export const explainStatement = async (
  session: Pick<Session, 'openConnection' | 'profile'>,
  query: Writing['query'],
  ref: StatementRef,
  { server, signal }: { server: { major: number; database: string }; signal: AbortSignal },
): Promise<Explained> => {
  const statement = await readStatement(query, ref)
  const refusal = await explainRefusal(statement, ref, server)
  if (refusal !== null) throw refusal
  const { client, context, destroy } = await session.openConnection(signal)
  const abort = () => destroy()
  signal.addEventListener('abort', abort, { once: true })
  const explain = async (format: 'JSON' | 'TEXT'): Promise<unknown[]> => {
    const text = `${newTag()} EXPLAIN (GENERIC_PLAN, FORMAT ${format}) ${statement}`
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(text)
    return rows.map((row) => row['QUERY PLAN'])
  }
  try {
    await client.query(`${newTag()} BEGIN READ ONLY`)
    await client.query(`${newTag()} ${settings}`, [String(planningTime), ref.user, session.profile.role])
    const { rows } = await client.query<{ role: string }>(`${newTag()} SELECT current_user::text AS role`)
    const [json] = await explain('JSON')
    const lines = await explain('TEXT')
    return { text: lines.join('\n'), json, plannedAs: rows[0]?.role ?? '' }
  } catch (error) {
    if (signal.aborted) throw cancelled('Planning')
    const failure = databaseError(error, context)
    throw failure.code === 'INVALID_SQL' || failure.code === 'NOT_FOUND'
      ? new ConsoleError(failure.code, failure.message, byHand, {
          sqlstate: failure.sqlstate,
          cause: failure,
        })
      : failure
  } finally {
    signal.removeEventListener('abort', abort)
    // With its transaction.
    await client.end().catch(() => undefined)
  }
}
