import { sql } from 'kysely'
import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EndableBackend } from '../../../shared/operations-actions.ts'
import { iso } from '../../session/iso.ts'
import type { Writing } from '../../session/writer.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { isOwn } from '../sql-parts.ts'

/** Locked relations that are named. */
const namedRelations = 20

/** What decides whether it may be ended. */
export type BackendRights = {
  /** Of a console, that does no more than ask. */
  isConsole: boolean
  /** Of a role that is a superuser. */
  isOfSuperuser: boolean
  leader: number | null
  me: string
  amSuperuser: boolean
  /** Has the rights of the backend's role. */
  isMine: boolean
  maySignal: boolean
  /** Since 18 there is a role for that. */
  maySignalAutovacuum: boolean
}

export type FoundBackend = { backend: EndableBackend; rights: BackendRights }

type Row = Omit<EndableBackend, 'since'> &
  BackendRights & { since: string | null; isSame: boolean | null; seesAll: boolean }

/**
 * The backend of a pid that connected at `since`. Fails with `NOT_FOUND` when it is gone, with `CONFLICT` when the pid is another's by
 * now, and with `PERMISSION_DENIED` when nobody can tell.
 */
export const readBackend = async (
  query: Writing['query'],
  { pid, since }: { pid: number; since: string },
): Promise<FoundBackend> => {
  const [row] = await query(
    sql<Row>`
      WITH RECURSIVE waiting AS MATERIALIZED (
        SELECT w.pid, pg_blocking_pids(w.pid) AS blockers FROM pg_stat_activity AS w WHERE w.wait_event_type = 'Lock'),
      behind (pid) AS (
        SELECT w.pid FROM waiting AS w WHERE ${pid} = ANY (w.blockers)
         UNION
        SELECT w.pid FROM waiting AS w JOIN behind AS b ON b.pid = ANY (w.blockers)),
      held AS MATERIALIZED (SELECT l.* FROM pg_locks AS l WHERE l.pid = ${pid} AND l.granted)
      SELECT a.pid,
             ${iso(sql`a.backend_start`)} AS "since",
             a.backend_start = ${since}::timestamptz AS "isSame",
             a.usename::text AS "user",
             nullif(a.application_name, '') AS "application",
             coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'socket' END) AS "address",
             a.datname::text AS "database",
             a.backend_type AS "backendType",
             a.state,
             a.wait_event_type || ': ' || a.wait_event AS "waitEvent",
             ${iso(sql`a.query_start`)} AS "queryStart",
             CASE WHEN a.state = 'active' THEN extract(epoch FROM clock_timestamp() - a.query_start) END::float8 AS "querySeconds",
             extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS "xactSeconds",
             left(a.query, 2000) AS "query",
             a.backend_xid::text AS "xid",
             age(a.backend_xid)::float8 AS "xidAge",
             (SELECT count(*) FROM held)::int AS "locks",
             ARRAY(SELECT h.mode || ' on ' || CASE WHEN h.database = 0 OR h.database = d.oid THEN h.relation::regclass::text
                                                   ELSE 'relation ' || h.relation || ' of another database' END
                     FROM held AS h JOIN pg_database AS d ON d.datname = current_database()
                    WHERE h.locktype = 'relation'
                    ORDER BY h.relation < 16384, 1
                    LIMIT ${sql.lit(namedRelations)}) AS "lockedRelations",
             (SELECT count(*) FROM behind AS b WHERE b.pid <> a.pid)::int AS "waiting",
             ${isOwn} AS "isConsole",
             coalesce((SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = a.usesysid), false) AS "isOfSuperuser",
             a.leader_pid AS "leader",
             me.rolname::text AS "me",
             me.rolsuper AS "amSuperuser",
             coalesce(pg_has_role(a.usesysid, 'USAGE'), false) AS "isMine",
             pg_has_role('pg_signal_backend', 'USAGE') AS "maySignal",
             coalesce((SELECT pg_has_role(r.oid, 'USAGE') FROM pg_roles AS r WHERE r.rolname = 'pg_signal_autovacuum_worker'), false)
               AS "maySignalAutovacuum",
             pg_has_role('pg_read_all_stats', 'USAGE') AS "seesAll"
        FROM pg_stat_activity AS a
        JOIN pg_roles AS me ON me.rolname = current_user
       WHERE a.pid = ${pid}`,
  )
  if (row === undefined) throw isGone(pid)
  const { isSame, seesAll, isConsole, isOfSuperuser, leader, me, amSuperuser, isMine, ...more } = row
  const { maySignal, maySignalAutovacuum, ...backend } = more
  if (isSame === null && !seesAll) throw isHidden(pid, me)
  if (isSame !== true) throw isAnother(pid)
  return {
    backend: { ...backend, since, query: backend.query === null ? null : hideSecrets(backend.query) },
    rights: {
      isConsole,
      isOfSuperuser,
      leader,
      me,
      amSuperuser,
      isMine,
      maySignal,
      maySignalAutovacuum,
    },
  }
}

export const isGone = (pid: number): ConsoleError =>
  new ConsoleError(
    'NOT_FOUND',
    `Backend ${pid} is not there any more: nothing was done.`,
    'Look at the list of sessions again.',
  )

const isAnother = (pid: number): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    `Backend ${pid} is another one than you saw: that one is gone, and its pid was given anew. Nothing was done.`,
    'Look at the list of sessions again.',
  )

const isHidden = (pid: number, me: string): ConsoleError =>
  new ConsoleError(
    'PERMISSION_DENIED',
    `${me} may not see since when backend ${pid} is there, so nobody can tell whether it is the one that you mean.`,
    `Let a superuser run: GRANT pg_monitor TO ${pg.escapeIdentifier(me)};`,
  )
