import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationsStatus } from '../../shared/migrations.ts'
import { newTag } from '../session/tag.ts'
import { type Ask, askOn } from './ask.ts'

/** Two numbers that are ours in every database: "viru", and 1 for migrations. */
const key = [0x76697275, 1] as const

type Holder = NonNullable<MigrationsStatus['lockedBy']>

/** Who holds the migration lock of this database; null: nobody. */
export const migrationLockHolder = async (ask: Ask): Promise<Holder | null> => {
  const [row] = await ask<Holder>(
    `select l.pid, a.usename::text as "user", a.application_name as "application",
            pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.backend_start))::float8 as "seconds"
       from pg_catalog.pg_locks as l
       left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.objsubid = 2
        and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
        and l.classid = $1 and l.objid = $2
      -- Who changes the database, rather than who reads it.
      order by l.mode = 'ExclusiveLock' desc
      limit 1`,
    [...key],
  )
  return row ?? null
}

/** Milliseconds that an apply waits for drift checks: they hold their lock for as long as they read the catalogs. */
const patience = 10_000

const question = async (client: pg.ClientBase, sql: string): Promise<boolean> => {
  const { rows } = await client.query<{ answer: boolean }>(`${newTag()} select ${sql} as answer`, [...key])
  return rows[0]?.answer ?? false
}

const exclusiveLock = `
  select from pg_catalog.pg_locks
   where locktype = 'advisory' and granted and mode = 'ExclusiveLock' and objsubid = 2
     and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
     and classid = $1 and objid = $2`

const isBeingMigrated = (client: pg.ClientBase): Promise<boolean> =>
  question(client, `exists (${exclusiveLock})`)

/**
 * Fails when this backend does not hold the lock that was taken: a pooler in transaction mode gives each transaction another
 * backend, and a migration may have given all locks back.
 */
export const assertStillLocked = async (client: pg.ClientBase): Promise<void> => {
  if (await question(client, `exists (${exclusiveLock} and pid = pg_catalog.pg_backend_pid())`)) return
  throw new ConsoleError(
    'MIGRATION_FAILED',
    'The lock against a second migration at the same time was lost.',
    'Connect to the server itself: a pooler in transaction mode cannot migrate. Or a statement gave all advisory locks back.',
  )
}

/**
 * Does `work` alone: no other apply and no drift check on this database at the same time. Drift checks take the lock `shared`:
 * they do not hinder each other. The lock belongs to the connection, so it is gone with it, however that ends. Fails with
 * `MIGRATION_LOCKED`, naming the holder.
 */
export const withMigrationLock = async <Value>(
  client: pg.ClientBase,
  work: () => Promise<Value>,
  mode: 'exclusive' | 'shared' = 'exclusive',
): Promise<Value> => {
  const suffix = mode === 'shared' ? '_shared' : ''
  const started = performance.now()
  while (!(await question(client, `pg_catalog.pg_try_advisory_lock${suffix}($1, $2)`))) {
    if (performance.now() - started > patience || (await isBeingMigrated(client))) {
      throw locked(await migrationLockHolder(askOn(client)))
    }
    await wait(50)
  }
  try {
    return await work()
  } finally {
    // On a connection that is gone there is nothing left to give back.
    await client
      .query(`${newTag()} select pg_catalog.pg_advisory_unlock${suffix}($1, $2)`, [...key])
      .catch(() => undefined)
  }
}

const locked = (holder: Holder | null): ConsoleError => {
  const who =
    holder === null
      ? 'Somebody'
      : [
          `Backend ${holder.pid}`,
          ...(holder.user === null ? [] : [`of user "${holder.user}"`]),
          ...(holder.application === null || holder.application === '' ? [] : [`(${holder.application})`]),
        ].join(' ')
  return new ConsoleError(
    'MIGRATION_LOCKED',
    `${who} is migrating this database or checking it for drift right now.`,
    'Wait until that has ended, then try again. Nothing was changed.',
  )
}
