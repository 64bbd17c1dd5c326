import type pg from 'pg'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import { describeTarget, readClusterScript, type ShadowTarget } from './shadow-target.ts'

/** All that a shadow comes from beside the migrations: the same files make the same of it on the same ground. */
export type ShadowGround = {
  target: ShadowTarget
  /** SQL that gives an embedded server the roles and tablespaces of this one. */
  cluster: string[]
  /** Why no database can be created on the target's own server, in one sentence; null: one can. */
  obstacle: string | null
  /** MD5 of what else migrations find on the server. */
  surroundings: string
}

/**
 * What is outside of the database and may decide what a migration makes in it. Settings come from the server's files, which are
 * read again at its start, or from a role; those of the target's database do not hold in another one.
 */
const surroundingsSql = (version: number): string => `
  select pg_catalog.md5(pg_catalog.jsonb_build_array(
           pg_catalog.pg_conf_load_time(),
           -- Partitions are made from today on.
           (pg_catalog.clock_timestamp() at time zone 'UTC')::date,
           (select pg_catalog.jsonb_agg(r order by r.oid) from pg_catalog.pg_roles as r),
           (select pg_catalog.jsonb_agg(m order by m.roleid, m.member, m.grantor) from pg_catalog.pg_auth_members as m),
           (select pg_catalog.jsonb_agg(s order by s.setrole) from pg_catalog.pg_db_role_setting as s where s.setdatabase = 0),
           ${version < 150000 ? 'null' : '(select pg_catalog.jsonb_agg(p order by p.oid) from pg_catalog.pg_parameter_acl as p)'},
           (select pg_catalog.jsonb_agg(t order by t.oid) from pg_catalog.pg_tablespace as t),
           (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(d.oid, d.datname, d.datdba, d.datacl) order by d.oid)
              from pg_catalog.pg_database as d),
           (select pg_catalog.jsonb_agg(e order by e.name, e.version) from pg_catalog.pg_available_extension_versions as e),
           (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(e.name, e.default_version) order by e.name)
              from pg_catalog.pg_available_extensions as e))::text) as "sum"`

const readSurroundings = async (client: pg.ClientBase, version: number): Promise<string> => {
  const { rows } = await client.query<{ sum: string }>(`${newTag()} ${surroundingsSql(version)}`)
  return rows[0]?.sum ?? ''
}

/** Looks at the session's server, for a shadow that belongs to `role`. Fails with `ConsoleError`. */
export const readShadowGround = async (
  session: Pick<Session, 'openConnection' | 'state'>,
  signal: AbortSignal,
  role: string,
): Promise<ShadowGround> => {
  const { client, context, destroy } = await session.openConnection(signal)
  const abort = () => destroy()
  signal.addEventListener('abort', abort)
  try {
    const target = await describeTarget(client, role)
    return {
      target,
      cluster: await readClusterScript(client),
      obstacle: whyNotHere(session, target),
      surroundings: await readSurroundings(client, target.versionNumber),
    }
  } catch (error) {
    throw databaseError(signal.aborted ? signal.reason : error, context)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

const whyNotHere = ({ state }: Pick<Session, 'state'>, { creator, role }: ShadowTarget): string | null => {
  const { writes, server } = state()
  if (server.inRecovery) return 'The server is a standby.'
  if (writes === 'refused') return 'This connection is read-only.'
  if (writes === 'confirm') return 'Nobody has typed the name of this production database yet.'
  if (creator !== null) return null
  const roles = [...new Set([server.sessionUser, role])].map((name) => `"${name}"`)
  return `${roles.join(' and ')} may not create databases on the server.`
}
