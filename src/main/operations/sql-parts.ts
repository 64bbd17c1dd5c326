import { sql } from 'kysely'
import { applicationName } from '../../shared/application-name.ts'
import { rowLimit } from './probe.ts'

/** Where this server's WAL ends: what it wrote, or as a standby what it has received. */
export const walEnd = sql`CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                               ELSE pg_current_wal_lsn() END`

/**
 * The console's own backends `a` of `pg_stat_activity`, which are no part of what it looks at. Whoever holds a transaction for a minute
 * is shown by whatever name.
 */
export const isOwn = sql`(coalesce(a.application_name = ${sql.lit(applicationName)}, false)
                          AND coalesce(clock_timestamp() - a.xact_start < interval '1 min', true))`

/** As many rows as a report shows, and one more to know of the others. */
export const shown = sql`LIMIT ${sql.lit(rowLimit + 1)}`

/** Whether the role may VACUUM, ANALYZE and REINDEX `c` of `pg_class`. */
export const mayMaintain = (major: number) =>
  major >= 17
    ? sql`(pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'MAINTAIN'))`
    : sql`pg_has_role(c.relowner, 'USAGE')`
