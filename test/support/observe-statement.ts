import type pg from 'pg'
import { newTag } from '../../src/main/session/tag.ts'
import { type LockMode, lockModes } from '../../src/shared/migrations.ts'

/** What a statement did to the relations that were there before it, as the server tells from inside its transaction. */
export type Observation = {
  /** Strongest mode by relation, `public.documents`. System catalogs and indexes aside. */
  locks: Map<string, LockMode>
  /** Tables that have other files now: each row was written anew, or all were taken away. */
  rewritten: Set<string>
  /** Relations that were read from end to end. */
  scanned: Set<string>
}

type State = { oid: number; name: string; kind: string; filenode: number; scans: number; modes: string[] }

/** Tables, views, sequences and the like, of people and of the console alike; catalogs are not told. */
export const readState = async (client: pg.ClientBase): Promise<State[]> => {
  const { rows } = await client.query<State>({
    name: 'state',
    text: `
     with held as materialized (
       select relation, pg_catalog.array_agg(mode) as modes
         from pg_catalog.pg_locks
        where pid = pg_catalog.pg_backend_pid() and locktype = 'relation' and granted
        group by relation)
     select c.oid::int8::float8 as "oid",
            pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "name",
            c.relkind::text as "kind",
            pg_catalog.pg_relation_filenode(c.oid)::int8::float8 as "filenode",
            pg_catalog.pg_stat_get_xact_numscans(c.oid)::float8 as "scans",
            coalesce(held.modes, '{}') as "modes"
       from pg_catalog.pg_class as c
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       left join held on held.relation = c.oid
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  })
  return rows
}

/** `AccessExclusiveLock` of pg_locks is ACCESS EXCLUSIVE of the documentation. */
const modeNames = new Map<string, LockMode>(
  lockModes.map((mode) => [`${mode.toLowerCase().replaceAll(' ', '')}lock`, mode] as const),
)

/** `AccessExclusiveLock` as the contract calls it. */
export const modeOf = (name: string): LockMode | undefined => modeNames.get(name.toLowerCase())

/**
 * Runs a statement in a transaction of its own, tells what it locked, rewrote and scanned, and rolls it back.
 * @param before from outside of that transaction
 */
export const tryStatement = async (
  client: pg.ClientBase,
  sql: string,
  before: readonly State[],
): Promise<Observation> => {
  // Scans count until they are reported, which the end of this transaction does.
  await client.query('begin; select pg_stat_force_next_flush()')
  try {
    return await observe(client, sql, before)
  } finally {
    await client.query('rollback')
  }
}

const observe = async (
  client: pg.ClientBase,
  sql: string,
  before: readonly State[],
): Promise<Observation> => {
  await client.query(sql)
  const after = new Map((await readState(client)).map((state) => [state.oid, state]))
  // What is dropped is gone from the catalog, but its lock is not.
  const gone = before.filter(({ oid }) => !after.has(oid)).map(({ oid }) => oid)
  const dropped = await lockedOf(client, gone)
  const locks = new Map<string, LockMode>()
  const rewritten = new Set<string>()
  const scanned = new Set<string>()
  for (const { oid, name, kind, filenode } of before) {
    const now = after.get(oid)
    const held = (now?.modes ?? dropped.get(oid) ?? []).flatMap((mode) => modeOf(mode) ?? [])
    const strongest = lockModes.findLast((mode) => held.includes(mode))
    if (strongest !== undefined) locks.set(name, strongest)
    if (now === undefined) continue
    if (now.filenode !== filenode && kind !== 'S') rewritten.add(name)
    if (now.scans > 0) scanned.add(name)
  }
  return { locks, rewritten, scanned }
}

const lockedOf = async (client: pg.ClientBase, oids: number[]): Promise<Map<number, string[]>> => {
  if (oids.length === 0) return new Map()
  const { rows } = await client.query<{ oid: number; modes: string[] }>(
    `${newTag()}
     select relation::int8::float8 as "oid", pg_catalog.array_agg(mode) as "modes"
       from pg_catalog.pg_locks
      where pid = pg_catalog.pg_backend_pid() and locktype = 'relation' and granted and relation = any ($1::int8[]::oid[])
      group by relation`,
    [oids],
  )
  return new Map(rows.map(({ oid, modes }) => [oid, modes]))
}
