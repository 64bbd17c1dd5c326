import type pg from 'pg'
import { newTag } from '../session/tag.ts'
import type { Ask } from './ask.ts'

/**
 * The role that migrations run as: the database's owner where the session may become it, so that objects belong to the same
 * role whoever migrates; else the role the session has. SET ROLE asks who logged in, so this does, too.
 */
export const readActingRole = async (ask: Ask): Promise<string> => {
  const [row] = await ask<{ role: string }>(
    `select case when pg_catalog.pg_has_role(session_user, d.datdba,
                        -- Before 16 every member may SET ROLE, and the word is not known.
                        case when pg_catalog.current_setting('server_version_num')::int >= 160000
                             then 'SET' else 'MEMBER' end)
                 then pg_catalog.pg_get_userbyid(d.datdba) else current_user end::text as role
       from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database()`,
  )
  return row?.role ?? ''
}

/** SET ROLE for the rest of the connection. */
export const become = async (client: pg.ClientBase, role: string): Promise<void> => {
  await client.query(`${newTag()} select pg_catalog.set_config('role', $1, false)`, [role])
}
