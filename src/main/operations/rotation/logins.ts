import { sql } from 'kysely'
import pg from 'pg'
import { serviceRole } from '../../../shared/provisioning.ts'
import type { RotationLogin } from '../../../shared/rotation.ts'
import { iso } from '../../session/iso.ts'
import type { Writing } from '../../session/writer.ts'

type Row = Omit<RotationLogin, 'refusal'> & {
  me: string
  iteratesBy: number
  mayCreateRoles: boolean
  isOfSuperuser: boolean
  mayAdminister: boolean
}

export type Logins = {
  /** Both, or none. */
  logins: RotationLogin[]
  /** Iterations for a new verifier: `scram_iterations` of 16 and newer. */
  iterations: number
}

const refusalOf = ({ name, me, mayCreateRoles, isOfSuperuser, mayAdminister }: Row): string | null => {
  if (!mayCreateRoles)
    return `${me} has no CREATEROLE. Let a superuser run: alter role ${pg.escapeIdentifier(me)} createrole;`
  if (isOfSuperuser) return `Only a superuser may change ${name} as it is now.`
  return mayAdminister
    ? null
    : `${me} has no ADMIN OPTION on ${name}. Let who made it run: grant ${pg.escapeIdentifier(name)} to ${pg.escapeIdentifier(me)} with admin option;`
}

/** The two members of `viruj_service` whose names end with _a and _b, with their sessions; those of provisioning first. */
export const readLogins = async (query: Writing['query']): Promise<Logins> => {
  const rows = await query(sql<Row>`
    WITH pair AS (
      SELECT a.oid AS a, b.oid AS b
        FROM pg_roles AS s
        JOIN pg_roles AS a ON a.rolname LIKE '%\\_a' AND pg_has_role(a.oid, s.oid, 'MEMBER')
        JOIN pg_roles AS b ON b.rolname = left(a.rolname::text, -1) || 'b' AND pg_has_role(b.oid, s.oid, 'MEMBER')
       WHERE s.rolname = ${serviceRole} AND NOT a.rolsuper AND NOT b.rolsuper
       ORDER BY a.rolname <> 'viruj_app_a', a.rolname
       LIMIT 1)
    SELECT r.rolname::text AS "name",
           r.rolcanlogin AS "mayLogIn",
           CASE WHEN isfinite(r.rolvaliduntil) THEN ${iso(sql`r.rolvaliduntil`)} END AS "validUntil",
           count(s.pid)::int AS "sessions",
           ${iso(sql`min(s.backend_start)`)} AS "since",
           coalesce(array_agg(DISTINCT s.application_name) FILTER (WHERE s.application_name <> ''), '{}') AS "applications",
           current_user::text AS "me",
           coalesce(current_setting('scram_iterations', true), '4096')::int AS "iteratesBy",
           me.rolsuper OR me.rolcreaterole AS "mayCreateRoles",
           NOT me.rolsuper AND (r.rolsuper OR r.rolreplication OR r.rolbypassrls) AS "isOfSuperuser",
           -- CREATEROLE alone was enough before 16.
           me.rolsuper OR current_setting('server_version_num')::int < 160000
             OR pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') AS "mayAdminister"
      FROM pair
      JOIN pg_roles AS r ON r.oid IN (pair.a, pair.b)
      JOIN pg_roles AS me ON me.rolname = current_user
      LEFT JOIN pg_stat_activity AS s ON s.usesysid = r.oid
     GROUP BY r.oid, r.rolname, r.rolcanlogin, r.rolvaliduntil, r.rolsuper, r.rolreplication, r.rolbypassrls, me.rolsuper, me.rolcreaterole
     ORDER BY r.rolname`)
  return {
    logins: rows.map((row) => {
      const {
        me: _,
        iteratesBy: __,
        mayCreateRoles: ___,
        isOfSuperuser: ____,
        mayAdminister: _____,
        ...login
      } = row
      return { ...login, refusal: refusalOf(row) }
    }),
    iterations: rows[0]?.iteratesBy ?? 0,
  }
}
