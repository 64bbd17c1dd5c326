import { sql } from 'kysely'
import type { HbaRule } from '../../session/hba-rules.ts'
import type { Read } from './access.ts'

/** What the checks look at. */
export type ServerFacts = {
  /** That the session is in. */
  database: string
  /** `version()`. */
  version: string
  /** Settings that this role may see, by name. */
  settings: ReadonlyMap<string, string>
  /** Marks of managed services: roles and settings that only they have. */
  marks: string[]
  /** Log-in roles that are no superusers and belong to people or programs. */
  logIns: string[]
  /** Members of the owner, but for `viruj_dba`. */
  owners: string[]
  /** Lines of pg_hba.conf as the file stands; null: this role may not read them. */
  hba: HbaRule[] | null
  /** The backend that answers is not the one that the connection began with. */
  isPooled: boolean
}

const watched = [
  'ssl',
  'ssl_min_protocol_version',
  'password_encryption',
  'listen_addresses',
  'max_connections',
  'superuser_reserved_connections',
  'hba_file',
  'pg_stat_statements.max',
  'rds.extensions',
  'azure.extensions',
  'data_directory',
]

const serviceRoles = ['rds_superuser', 'azure_pg_admin', 'supabase_admin']

const readHba = async (read: Read): Promise<HbaRule[] | null> => {
  const [may] = await read(sql<{ may: boolean }>`
    SELECT has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')
             AND has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE') AS "may"`)
  if (may?.may !== true) return null
  // Since 16 a line may come from another file, which is then named.
  return read(sql<HbaRule>`
    SELECT r.line_number AS "line",
           nullif(to_jsonb(r) ->> 'file_name', current_setting('hba_file', true)) AS "file",
           coalesce(r.type, '') AS "type",
           coalesce(r.database, '{}') AS "databases",
           coalesce(r.user_name, '{}') AS "users",
           r.address AS "address",
           r.netmask AS "netmask",
           coalesce(r.auth_method, '') AS "method",
           r.error AS "error"
      FROM pg_catalog.pg_hba_file_rules AS r
     ORDER BY coalesce((to_jsonb(r) ->> 'rule_number')::int, r.line_number)`)
}

/** Reads what there is of the server for the checks; what this role may not see is left out. */
export const readServerFacts = async (
  read: Read,
  { owner, pid }: { owner: string; pid: number | null },
): Promise<ServerFacts> => {
  const settings = await read(sql<{ name: string; setting: string }>`
    SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY (${watched}::text[])`)
  const [row] = await read(sql<Omit<ServerFacts, 'settings' | 'hba' | 'isPooled'> & { pid: number }>`
    SELECT version() AS "version",
           current_database()::text AS "database",
           pg_backend_pid() AS "pid",
           ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles
                  WHERE rolname = ANY (${serviceRoles}::text[])) AS "marks",
           ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles
                  WHERE rolcanlogin AND NOT rolsuper AND rolname !~ '^(pg_|rds|azure|supabase)'
                  ORDER BY rolname LIMIT 500) AS "logIns",
           ARRAY(SELECT DISTINCT m.rolname::text
                   FROM pg_catalog.pg_auth_members AS a
                   JOIN pg_catalog.pg_roles AS r ON r.oid = a.roleid AND r.rolname = ${owner}
                   JOIN pg_catalog.pg_roles AS m ON m.oid = a.member AND m.rolname <> 'viruj_dba'
                  WHERE coalesce((to_jsonb(a) ->> 'set_option')::bool, true)
                     OR coalesce((to_jsonb(a) ->> 'inherit_option')::bool, true)
                  ORDER BY 1) AS "owners"`)
  return {
    database: row?.database ?? '',
    version: row?.version ?? '',
    settings: new Map(settings.map(({ name, setting }) => [name, setting])),
    marks: row?.marks ?? [],
    logIns: row?.logIns ?? [],
    owners: row?.owners ?? [],
    hba: await readHba(read),
    isPooled: pid !== null && row !== undefined && row.pid !== pid,
  }
}
