import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { Read } from './access.ts'

/** A role as the server has it. */
export type RoleFacts = {
  name: string
  superuser: boolean
  inherit: boolean
  createRole: boolean
  createDatabase: boolean
  canLogIn: boolean
  replication: boolean
  bypassRowSecurity: boolean
  /** -1: none. */
  connectionLimit: number
  /** `name=value`, as ALTER ROLE … SET left them. */
  settings: string[]
  /** This session's role has ADMIN OPTION on it. */
  administered: boolean
  /** What its password is stored as; `unknown`: only superusers may look. */
  password: 'none' | 'scram' | 'weak' | 'unknown'
}

/** `member` is a member of `role`. `inherit` and `set` are null before PostgreSQL 16, which does not know them. */
export type Membership = {
  role: string
  member: string
  grantor: string
  admin: boolean
  inherit: boolean | null
  set: boolean | null
}

/** The database that is to be, where it is already. */
export type DatabaseEntry = {
  owner: string
  encoding: string
  /** What is granted: `''` stands for PUBLIC. */
  granted: { grantee: string; privilege: string }[]
  settings: string[]
  /** The session's role may connect to it. */
  connectable: boolean
}

/** What concerns the server as a whole. */
export type ClusterFacts = {
  versionNumber: number
  /** The role that everything runs as. */
  me: string
  isSuperuser: boolean
  mayCreateRoles: boolean
  mayCreateDatabases: boolean
  /** By SET ROLE, without any further grant. */
  mayBecomeOwner: boolean
  /** `scram_iterations`, which is a setting since 16. */
  scramIterations: number
  /** Encoding of template0. */
  templateEncoding: string
  roles: ReadonlyMap<string, RoleFacts>
  memberships: readonly Membership[]
  database: DatabaseEntry | null
}

type Session = Omit<ClusterFacts, 'roles' | 'memberships' | 'database' | 'mayBecomeOwner'>

const readSession = async (read: Read): Promise<Session> => {
  const [row] = await read(sql<Session>`
    SELECT current_setting('server_version_num')::int AS "versionNumber",
           r.rolname::text AS "me",
           r.rolsuper AS "isSuperuser",
           r.rolcreaterole AS "mayCreateRoles",
           r.rolcreatedb AS "mayCreateDatabases",
           coalesce(current_setting('scram_iterations', true), '4096')::int AS "scramIterations",
           (SELECT pg_encoding_to_char(encoding)::text FROM pg_catalog.pg_database
             WHERE datname = 'template0') AS "templateEncoding"
      FROM pg_catalog.pg_roles AS r
     WHERE r.rolname = current_user`)
  if (row !== undefined) return row
  throw new ConsoleError('NOT_FOUND', 'The role of this session does not exist any more.', 'Connect again.')
}

const readRoles = (read: Read, names: string[], isSuperuser: boolean): Promise<RoleFacts[]> => {
  const password = isSuperuser
    ? sql`(SELECT CASE WHEN rolpassword IS NULL THEN 'none' WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram'
                       ELSE 'weak' END FROM pg_catalog.pg_authid WHERE oid = r.oid)`
    : sql`'unknown'::text`
  return read(sql<RoleFacts>`
    SELECT r.rolname::text AS "name",
           r.rolsuper AS "superuser",
           r.rolinherit AS "inherit",
           r.rolcreaterole AS "createRole",
           r.rolcreatedb AS "createDatabase",
           r.rolcanlogin AS "canLogIn",
           r.rolreplication AS "replication",
           r.rolbypassrls AS "bypassRowSecurity",
           r.rolconnlimit AS "connectionLimit",
           coalesce(s.setconfig, '{}') AS "settings",
           pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') AS "administered",
           ${password} AS "password"
      FROM pg_catalog.pg_roles AS r
      LEFT JOIN pg_catalog.pg_db_role_setting AS s ON s.setrole = r.oid AND s.setdatabase = 0
     WHERE r.rolname = ANY (${names}::text[])`)
}

const readMemberships = (read: Read, names: string[]): Promise<Membership[]> =>
  read(sql<Membership>`
    SELECT r.rolname::text AS "role",
           m.rolname::text AS "member",
           coalesce(g.rolname::text, '') AS "grantor",
           a.admin_option AS "admin",
           (to_jsonb(a) ->> 'inherit_option')::bool AS "inherit",
           (to_jsonb(a) ->> 'set_option')::bool AS "set"
      FROM pg_catalog.pg_auth_members AS a
      JOIN pg_catalog.pg_roles AS r ON r.oid = a.roleid
      JOIN pg_catalog.pg_roles AS m ON m.oid = a.member
      LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantor
     WHERE m.rolname = ANY (${names}::text[]) OR r.rolname = ANY (${names}::text[])
     ORDER BY 1, 2, 3`)

const readDatabase = async (read: Read, name: string): Promise<DatabaseEntry | null> => {
  const [row] = await read(sql<Omit<DatabaseEntry, 'granted'>>`
    SELECT o.rolname::text AS "owner",
           pg_encoding_to_char(d.encoding)::text AS "encoding",
           coalesce(s.setconfig, '{}') AS "settings",
           has_database_privilege(d.oid, 'CONNECT') AS "connectable"
      FROM pg_catalog.pg_database AS d
      JOIN pg_catalog.pg_roles AS o ON o.oid = d.datdba
      LEFT JOIN pg_catalog.pg_db_role_setting AS s ON s.setdatabase = d.oid AND s.setrole = 0
     WHERE d.datname = ${name}`)
  if (row === undefined) return null
  const granted = await read(sql<DatabaseEntry['granted'][number]>`
    SELECT coalesce(r.rolname::text, '') AS "grantee", a.privilege_type AS "privilege"
      FROM pg_catalog.pg_database AS d,
           aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
      LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
     WHERE d.datname = ${name}`)
  return { ...row, granted }
}

/** Reads what there is of the wanted roles and of the database. Needs no privilege. */
export const readClusterFacts = async (
  read: Read,
  wanted: { owner: string; roles: readonly string[]; database: string },
): Promise<ClusterFacts> => {
  const session = await readSession(read)
  const names = [...wanted.roles, session.me]
  const roles = new Map((await readRoles(read, names, session.isSuperuser)).map((role) => [role.name, role]))
  // Before 16 a member may always SET ROLE; since then a membership says whether.
  const [owner] = await read(sql<{ mayBecome: boolean }>`
    SELECT pg_has_role(oid, ${session.versionNumber >= 160_000 ? 'SET' : 'MEMBER'}) AS "mayBecome"
      FROM pg_catalog.pg_roles WHERE rolname = ${wanted.owner}`)
  return {
    ...session,
    roles,
    memberships: await readMemberships(read, names),
    mayBecomeOwner: owner?.mayBecome ?? false,
    database: await readDatabase(read, wanted.database),
  }
}
