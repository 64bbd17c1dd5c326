import pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import { readActingRole } from './acting-role.ts'
import { type Ask, askOn } from './ask.ts'
import { createHistory, markInterrupted } from './history.ts'
import { withMigrationLock } from './lock.ts'
import { pinSession, watchClient } from './pin.ts'
import type { MigrationLink } from './send.ts'

/** A connection that holds the migration lock and acts as the migrations do. */
export type Migrator = {
  link: MigrationLink
  ask: Ask
  /** Role that migrations run as. */
  role: string
}

/** Makes the connection what a new one is, whatever a migration has set, and pins what none must depend on. */
export const beginAfresh = async (
  { link: { client }, role }: Migrator,
  lockTimeout: number,
): Promise<void> => {
  // All that DISCARD ALL does but giving the lock back.
  await client.query(
    `${newTag()} reset all; close all; unlisten *; deallocate all; discard plans; discard temp; discard sequences`,
  )
  await pinSession(client, { role, lockTimeout })
  await watchClient(client)
}

/**
 * Does `work` alone on this database, with a history that is there. What nobody ended is `interrupted` from now on. Fails with
 * `MIGRATION_LOCKED` or another `ConsoleError`.
 */
export const withMigrator = async <Value>(
  link: MigrationLink,
  lockTimeout: number,
  work: (migrator: Migrator) => Promise<Value>,
): Promise<Value> => {
  const { client, context } = link
  const ask = askOn(client)
  try {
    const migrator = { link, ask, role: await readActingRole(ask) }
    await beginAfresh(migrator, lockTimeout)
    return await withMigrationLock(client, async () => {
      await createHistory(client)
      await markInterrupted(client)
      return work(migrator)
    })
  } catch (error) {
    throw error instanceof pg.DatabaseError && error.code === '42501'
      ? mayNotMigrate(databaseError(error, context))
      : databaseError(error, context)
  }
}

/** What the server says where the role may not even keep a history. */
const mayNotMigrate = ({ message, sqlstate }: ConsoleError): ConsoleError =>
  new ConsoleError(
    'PERMISSION_DENIED',
    message,
    "Migrate as the database's owner, or as a role that may become it. Nothing was changed.",
    { sqlstate },
  )

/** Lends a connection of the session's own, which is ended afterwards. */
export const withMigrationLink = async <Value>(
  session: Pick<Session, 'openConnection' | 'control'>,
  signal: AbortSignal,
  work: (link: MigrationLink) => Promise<Value>,
): Promise<Value> => {
  const { client, context, pid, destroy } = await session.openConnection(signal)
  try {
    // For who may become the owner only from there on; the owner's own role is chosen by who logged in.
    if (context.role !== null) {
      await client.query(`${newTag()} select pg_catalog.set_config('role', $1, false)`, [context.role])
    }
    return await work({
      client,
      context,
      cancel: (tag) => session.control.cancel(tag, pid),
      holders: (tag) => session.control.lockHolders(tag),
      destroy,
    })
  } finally {
    // On a connection that is gone there is nothing left to end.
    await client.end().catch(() => undefined)
  }
}
