import type pg from 'pg'
import { newTag } from '../../session/tag.ts'

/** What a plan depends on, and the target's tables do not tell. */
export type Surroundings = {
  /** Bytes of WAL that each has not replayed; null: not known, for lack of pg_monitor or because it has not said yet. */
  standbys: { name: string; lagBytes: number | null }[]
  /** `finishedAt`: of the last good one, ISO 8601 UTC; null: there is none. */
  backup:
    | { known: false; because: string }
    | { known: true; finishedAt: string | null; ageSeconds: number | null }
}

const readStandbys = async (client: pg.ClientBase): Promise<Surroundings['standbys']> => {
  const { rows } = await client.query<{ name: string; lagBytes: number | null }>(
    `${newTag()}
     select coalesce(nullif(application_name, ''), 'pid ' || pid::text)::text as "name",
            pg_catalog.pg_wal_lsn_diff(
              case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_receive_lsn()
                   else pg_catalog.pg_current_wal_lsn() end, replay_lsn)::float8 as "lagBytes"
       from pg_catalog.pg_stat_replication
      where state is distinct from 'backup'
      order by 1`,
  )
  return rows
}

const readBackup = async (client: pg.ClientBase): Promise<Surroundings['backup']> => {
  const { rows: there } = await client.query<{ readable: boolean | null }>(
    `${newTag()}
     select pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select') as "readable"
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = 'ops' and c.relname = 'backup_run' and c.relkind = 'r'`,
  )
  const readable = there[0]?.readable
  if (readable === undefined) return { known: false, because: 'there is no ops.backup_run in this database' }
  if (readable !== true) return { known: false, because: 'this role may not read ops.backup_run' }
  const { rows } = await client.query<{ finishedAt: string | null; ageSeconds: number | null }>(
    `${newTag()}
     select pg_catalog.to_char(pg_catalog.max(finished_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "finishedAt",
            extract(epoch from pg_catalog.now() - pg_catalog.max(finished_at))::float8 as "ageSeconds"
       from ops.backup_run where outcome = 'succeeded'`,
  )
  return { known: true, finishedAt: rows[0]?.finishedAt ?? null, ageSeconds: rows[0]?.ageSeconds ?? null }
}

export const readSurroundings = async (client: pg.ClientBase): Promise<Surroundings> => ({
  standbys: await readStandbys(client),
  backup: await readBackup(client),
})

/** Of the standby furthest behind; null: there is none, or one whose lag is not known. */
export const worstLag = ({ standbys }: Surroundings): number | null => {
  const lags = standbys.map(({ lagBytes }) => lagBytes)
  return lags.length === 0 || lags.includes(null) ? null : Math.max(...lags.map((lag) => lag ?? 0))
}
