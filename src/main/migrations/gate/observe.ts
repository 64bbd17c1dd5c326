import type pg from 'pg'
import { type LockMode, lockModes } from '../../../shared/migrations.ts'
import { newTag } from '../../session/tag.ts'

/** What a statement did to the relations that were there before it, as the server tells from inside its transaction. */
export type Observation = {
  /** Strongest mode by relation, `public.documents`. System catalogs and indexes aside. */
  locks: Map<string, LockMode>
  /** Relations that have other files now: each row was written anew, or all were taken away. */
  rewritten: Set<string>
  /** Relations that were read from end to end. */
  scanned: Set<string>
}

type State = { oid: number; name: string; filenode: number; scans: number }

/** Tables, views, sequences and the like, of people and of the console alike; catalogs are not told. */
const readState = async (client: pg.ClientBase): Promise<State[]> => {
  const { rows } = await client.query<State>(
    `${newTag()}
     select c.oid::int8::float8 as "oid",
            pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "name",
            pg_catalog.pg_relation_filenode(c.oid)::int8::float8 as "filenode",
            pg_catalog.pg_stat_get_xact_numscans(c.oid)::float8 as "scans"
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  )
  return rows
}

const readLocks = async (client: pg.ClientBase): Promise<{ oid: number; mode: string }[]> => {
  const { rows } = await client.query<{ oid: number; mode: string }>(
    `${newTag()}
     select relation::int8::float8 as "oid", mode
       from pg_catalog.pg_locks
      where pid = pg_catalog.pg_backend_pid() and locktype = 'relation' and granted`,
  )
  return rows
}

/** `AccessExclusiveLock` of pg_locks is ACCESS EXCLUSIVE of the documentation. */
const modes = new Map<string, LockMode>(
  lockModes.map((mode) => [`${mode.toLowerCase().replaceAll(' ', '')}lock`, mode] as const),
)

/**
 * Runs a statement inside the transaction that is open and tells what it locked, rewrote and scanned. Locks that the
 * transaction held before are told again: the server keeps them until its end.
 */
export const observeStatement = async (client: pg.ClientBase, sql: string): Promise<Observation> => {
  const before = await readState(client)
  await client.query(sql)
  const held = await readLocks(client)
  const after = new Map((await readState(client)).map((state) => [state.oid, state]))

  const locks = new Map<string, LockMode>()
  for (const { oid, name } of before) {
    const found = held.flatMap((lock) => (lock.oid === oid ? (modes.get(lock.mode.toLowerCase()) ?? []) : []))
    const strongest = lockModes.findLast((mode) => found.includes(mode))
    if (strongest !== undefined) locks.set(name, strongest)
  }
  const rewritten = new Set<string>()
  const scanned = new Set<string>()
  for (const { oid, name, filenode, scans } of before) {
    const now = after.get(oid)
    if (now === undefined) continue
    if (now.filenode !== filenode) rewritten.add(name)
    if (now.scans > scans) scanned.add(name)
  }
  return { locks, rewritten, scanned }
}
