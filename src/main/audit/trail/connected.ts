import type pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { Connection } from '../../session/connect.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import type { Whereabouts } from './published-seals.ts'

type Work<Value> = (client: pg.Client, where: Whereabouts, connection: Connection) => Promise<Value>

/**
 * Runs work on the trail over a connection of its own, which the signal ends. Fails with `ConsoleError`; with `NOT_FOUND` where the
 * database has no trail.
 */
export const withTrail = async <Value>(
  session: Pick<Session, 'openConnection'>,
  signal: AbortSignal,
  work: Work<Value>,
): Promise<Value> => {
  const connection = await session.openConnection(signal)
  const { client, context, destroy } = connection
  const abort = () => destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.query(`${newTag()} set search_path = pg_catalog, pg_temp`)
    const { rows } = await client.query<{ found: boolean }>(
      `${newTag()} select to_regclass('audit.event') is not null as found`,
    )
    if (rows[0]?.found !== true) {
      throw new ConsoleError(
        'NOT_FOUND',
        'This database has no audit trail.',
        'Run "viruj-console migrate up" first, or "viruj-console audit init" in a database of others.',
      )
    }
    const { host, port } = context.host
    return await work(client, { host, port, database: context.database }, connection)
  } catch (error) {
    throw error instanceof ConsoleError ? error : databaseError(error, context)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}
