import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationsStatus } from '../../shared/migrations.ts'
import { newTag } from '../session/tag.ts'

/** Two numbers that are ours in every database: "viru", and 1 for migrations. */
const key = [0x76697275, 1] as const

type Holder = NonNullable<MigrationsStatus['lockedBy']>

/** Who holds the migration lock of this database; null: nobody. */
export const migrationLockHolder = async (client: pg.ClientBase): Promise<Holder | null> => {
  const { rows } = await client.query<Holder>(
    `${newTag()} select l.pid, a.usename::text as "user", a.application_name as "application",
            pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.backend_start))::float8 as "seconds"
       from pg_catalog.pg_locks as l
       left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.objsubid = 2
        and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
        and l.classid = $1 and l.objid = $2`,
    [...key],
  )
  return rows[0] ?? null
}

/**
 * Does `work` alone: no other apply and no drift check on this database at the same time. The lock belongs to the connection,
 * so it is gone with it, however that ends. Fails with `MIGRATION_LOCKED`, naming the holder.
 */
export const withMigrationLock = async <Value>(
  client: pg.ClientBase,
  work: () => Promise<Value>,
): Promise<Value> => {
  const { rows } = await client.query<{ taken: boolean }>(
    `${newTag()} select pg_catalog.pg_try_advisory_lock($1, $2) as taken`,
    [...key],
  )
  if (rows[0]?.taken !== true) throw locked(await migrationLockHolder(client))
  try {
    return await work()
  } finally {
    // On a connection that is gone there is nothing left to give back.
    await client
      .query(`${newTag()} select pg_catalog.pg_advisory_unlock($1, $2)`, [...key])
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
