import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { OperationsRun } from '../../shared/operations.ts'
import type { Database } from '../session/database.ts'
import type { Need } from './probe.ts'

type Extension = { version: string; schema: string; mayUse: boolean }

/** What the server is at the moment of a poll, and what the role may ask of it. */
export type Server = OperationsRun['server'] & {
  /** 16 of 16.4. */
  major: number
  /** Whose rights count: after `SET ROLE` the profile's role. */
  user: string
  database: string
  /** Has the rights of `pg_read_all_stats`, as members of `pg_monitor` have. */
  seesAll: boolean
  /** Installed in this database, by name. */
  extensions: ReadonlyMap<string, Extension>
  /** Roles whose rights the user has, relations it may read, functions it may call. */
  has: ReadonlySet<string>
  /** Transactions that these very probes took so far. */
  ownTransactions: number
}

type Row = OperationsRun['server'] & {
  major: number
  user: string
  database: string
  seesAll: boolean
  extensions: ({ name: string } & Extension)[] | null
  has: string[]
}

const namesOf = <Kind extends Need['kind']>(needs: readonly Need[], kind: Kind): string[] => [
  ...new Set(needs.flatMap((need) => (need.kind === kind && 'name' in need ? [need.name] : []))),
]

/**
 * One cheap statement before each run: roles change with a promotion or a GRANT, and what was true at the last poll says nothing. Names are
 * looked up in the catalogs, since `to_regclass` fails for who may not use the schema.
 */
export const readServer = async (
  database: Database,
  needs: readonly Need[],
  signal: AbortSignal,
): Promise<Omit<Server, 'ownTransactions'>> => {
  const [row] = await database.query(
    sql<Row>`
      SELECT current_setting('server_version_num')::int / 10000 AS "major",
             current_user::text AS "user",
             current_database()::text AS "database",
             pg_is_in_recovery() AS "inRecovery",
             CASE WHEN pg_is_in_recovery()
                  THEN (SELECT coalesce((SELECT received_tli FROM pg_stat_wal_receiver), timeline_id) FROM pg_control_checkpoint())
                  ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS "timeline",
             (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
             to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt",
             pg_has_role('pg_read_all_stats', 'USAGE') AS "seesAll",
             (SELECT json_agg(json_build_object('name', e.extname, 'version', e.extversion, 'schema', n.nspname,
                                               'mayUse', has_schema_privilege(n.oid, 'USAGE')))
                FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace) AS "extensions",
             ARRAY(SELECT r.rolname::text FROM pg_roles AS r
                    WHERE r.rolname = ANY (${namesOf(needs, 'role')}::text[]) AND pg_has_role(r.oid, 'USAGE')
                   UNION ALL
                   SELECT wanted.name
                     FROM unnest(${namesOf(needs, 'relation')}::text[]) AS wanted (name)
                     JOIN pg_namespace AS n ON n.nspname = split_part(wanted.name, '.', 1)
                     JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = split_part(wanted.name, '.', 2)
                    WHERE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                   UNION ALL
                   SELECT wanted.name
                     FROM unnest(${namesOf(needs, 'function')}::text[]) AS wanted (name)
                    WHERE has_function_privilege(to_regprocedure(wanted.name), 'EXECUTE')) AS "has"`,
    { signal },
  )
  if (row === undefined) {
    throw new ConsoleError('SERVER_ERROR', 'The server said nothing of itself.', 'Try again.')
  }
  const extensions = new Map((row.extensions ?? []).map(({ name, ...about }) => [name, about]))
  return { ...row, extensions, has: new Set(row.has) }
}
