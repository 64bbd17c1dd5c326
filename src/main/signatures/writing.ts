import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'

type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>

/** Milliseconds to wait for a lock. */
const lockTimeout = 10_000

/**
 * Runs work in one transaction, over a connection of its own, that carries the reason into the audit trail: all of it holds, or
 * nothing. Fails with `ConsoleError`.
 */
export const writing = async <Value>(
  session: Pick<Session, 'openConnection' | 'assertMayWrite' | 'profile'>,
  reason: string,
  signal: AbortSignal,
  work: (query: Query) => Promise<Value>,
): Promise<Value> => {
  session.assertMayWrite()
  const { client, context, destroy } = await session.openConnection(signal)
  const abort = () => destroy()
  signal.addEventListener('abort', abort, { once: true })
  const query: Query = async (text, values = []) => (await client.query(`${newTag()} ${text}`, values)).rows
  try {
    await query('begin')
    await query(
      `select pg_catalog.set_config(name, value, true) from (values
         ('search_path', 'pg_catalog, pg_temp'), ('audit.reason', $1), ('lock_timeout', $2), ('statement_timeout', $3), ('role', $4)
       ) as pinned (name, value) where value is not null`,
      [reason, String(lockTimeout), String(session.profile.statementTimeout * 1000), session.profile.role],
    )
    const value = await work(query)
    await query('commit')
    return value
  } catch (error) {
    throw error instanceof ConsoleError ? error : databaseError(error, context)
  } finally {
    signal.removeEventListener('abort', abort)
    // What was not committed ends with the connection.
    await client.end().catch(() => undefined)
  }
}
