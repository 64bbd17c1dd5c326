import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { judgeStatement } from '../../src/main/migrations/gate/judge.ts'
import type { Known } from '../../src/main/migrations/gate/known.ts'
import { readKnown } from '../../src/main/migrations/gate/read-known.ts'
import { Relations } from '../../src/main/migrations/gate/relations.ts'
import { type SqlStatement, splitStatements } from '../../src/main/migrations/statements.ts'
import { type LockMode, lockModes } from '../../src/shared/migrations.ts'
import { samples } from '../support/gate-statements.ts'
import { modeOf, type Observation, readState, tryStatement } from '../support/observe-statement.ts'
import {
  createDatabase,
  hasPostgres15,
  isHere,
  type ServerAddress,
  startServer,
  type TestDatabase,
} from '../support/postgres.ts'

const schema = readFileSync(new URL('../support/gate-schema.sql', import.meta.url), 'utf8')

type Foretold = {
  locks: Map<string, LockMode>
  rewrites: Set<string>
  scans: Set<string>
  /** Scans that the planner may do without: it has an index for them. */
  maybe: Set<string>
  /** The gate says that it does not know. */
  opaque: boolean
}

const planned = new Set(['foreign-key-scan', 'validate-scan', 'reads-rows', 'row-change'])

const foretell = (statements: SqlStatement[], known: Known): Foretold => {
  const kinds = new Map(known.relations.all().map(({ key, kind }) => [key, kind]))
  const foretold: Foretold = {
    locks: new Map(),
    rewrites: new Set(),
    scans: new Set(),
    maybe: new Set(),
    opaque: false,
  }
  for (const statement of statements) {
    const { touched, said } = judgeStatement(statement, true, known)
    foretold.opaque ||= said.some(({ rule, severity }) => rule === 'opaque' && severity === 'warning')
    for (const [key, { oid, mode, works }] of touched) {
      if (oid === null || ['i', 'I', 'c'].includes(kinds.get(key) ?? '')) continue
      foretold.locks.set(key, mode)
      if (works.some(({ kind }) => kind === 'rewrite')) foretold.rewrites.add(key)
      if (works.some(({ kind }) => kind === 'scan')) foretold.scans.add(key)
      if (works.every(({ rule }) => planned.has(rule))) foretold.maybe.add(key)
    }
  }
  return foretold
}

const rank = (mode: LockMode | undefined): number => (mode === undefined ? -1 : lockModes.indexOf(mode))

/** Where the two differ: locks as `relation: foretold, happened`. */
const differences = (foretold: Foretold, happened: Observation) => {
  const weaker: string[] = []
  const stronger: string[] = []
  for (const name of new Set([...foretold.locks.keys(), ...happened.locks.keys()])) {
    const [said, was] = [foretold.locks.get(name), happened.locks.get(name)]
    const text = `${name}: ${said ?? 'none'}, ${was ?? 'none'}`
    if (rank(said) < rank(was)) weaker.push(text)
    if (rank(said) > rank(was)) stronger.push(text)
  }
  for (const name of new Set([...foretold.rewrites, ...happened.rewritten])) {
    if (!foretold.rewrites.has(name)) weaker.push(`rewrite of ${name}`)
    if (!happened.rewritten.has(name)) stronger.push(`rewrite of ${name}`)
  }
  for (const name of new Set([...foretold.scans, ...happened.scanned])) {
    if (!foretold.scans.has(name) && !foretold.rewrites.has(name)) weaker.push(`scan of ${name}`)
    const did = happened.scanned.has(name) || happened.rewritten.has(name)
    if (!did && !foretold.maybe.has(name)) stronger.push(`scan of ${name}`)
  }
  return { weaker: foretold.opaque ? [] : weaker, stronger }
}

/** Said to be worse than it is: which columns a view shows, and which partition a row goes to, is not asked. */
const tooStrong = [
  'alter table plants drop column code cascade -- public.plant_count: ACCESS EXCLUSIVE, none',
  'insert into measures select 1, $$2026-01-01$$ -- public.measures_2025: ROW EXCLUSIVE, none',
]

/** @param every which of the statements: each one, or each third … */
const compareAll = async (version: number, on?: ServerAddress, every = 1) => {
  await using database = await createDatabase(on === undefined ? {} : { on })
  await (await database.client()).query(schema)
  // A session of its own: what making the schema has scanned may still be told as this session's.
  const client = await database.client()
  await client.query("set timezone = 'UTC'; set search_path = public")
  const run = await Promise.all(
    samples
      .map((sample) => (typeof sample === 'string' ? { sql: sample, since: 0 } : sample))
      .filter(({ since }, index) => version >= since && index % every === 0)
      .map(async ({ sql }) => ({ sql, statements: await splitStatements(sql) })),
  )
  const before = await readState(client)
  const known = await readKnown(
    client,
    run.flatMap(({ statements }) => statements.flatMap(({ node }) => node ?? [])),
  )
  const found: { failing: string[]; weaker: string[]; stronger: string[] } = {
    failing: [],
    weaker: [],
    stronger: [],
  }
  for (const { sql, statements } of run) {
    const relations = new Relations(structuredClone(known.relations.all()))
    const foretold = foretell(statements, { ...structuredClone({ ...known, relations: null }), relations })
    try {
      const { weaker, stronger } = differences(foretold, await tryStatement(client, sql, before))
      found.weaker.push(...weaker.map((text) => `${sql} -- ${text}`))
      found.stronger.push(...stronger.map((text) => `${sql} -- ${text}`))
    } catch (error) {
      found.failing.push(`${sql} -- ${error instanceof Error ? error.message : ''}`)
    }
  }
  return { ...found, statements: run.length }
}

describe.concurrent('locks, rewrites and scans of 250 statements are as the gate foretells', () => {
  const asForetold = { failing: [], weaker: [], stronger: tooStrong }

  test('on 16', async () => {
    const { statements, ...found } = await compareAll(16)
    expect(statements).toBeGreaterThan(240)
    expect(found).toEqual(asForetold)
  })

  test.skipIf(!hasPostgres15)('on 15', async () => {
    await using server = await startServer({ version: 15 })
    const found = await compareAll(15, server.address, 3)
    expect(found).toMatchObject({ failing: [], weaker: [] })
  })

  test('on 18', async () => {
    await using server = await startServer({ version: 18 })
    expect(await compareAll(18, server.address)).toMatchObject(asForetold)
  })
})

test.skipIf(!isHere(14))(
  'a partition has the triggers of its parent on 14, too, where they are internal',
  async () => {
    await using server = await startServer({ version: 14 })
    await using database = await createDatabase({ on: server.address })
    const client = await database.client()
    await client.query(schema)
    await client.query(
      'create trigger touched after insert on measures for each row execute function touch()',
    )
    const statements = await splitStatements('insert into measures_2026 values (1)')
    const { relations } = await readKnown(
      client,
      statements.flatMap(({ node }) => node ?? []),
    )
    const partition = relations.all().find(({ key }) => key === 'public.measures_2026')
    expect(partition?.triggers).toEqual(['touched'])
  },
)

/** What PostgreSQL refuses in a transaction, with the table that is kept from it: what it waits for is what it locks. */
const alone = [
  ['create index concurrently i on batches (note)', 'public.batches'],
  ['drop index concurrently batches_label_idx', 'public.batches'],
  ['reindex table concurrently batches', 'public.batches'],
  ['reindex index concurrently batches_label_idx', 'public.batches'],
  ['reindex (concurrently) table batches', 'public.batches'],
  ['vacuum batches', 'public.batches'],
  ['vacuum full batches', 'public.batches'],
  ['vacuum (full, analyze) batches', 'public.batches'],
  ['vacuum (full false) batches', 'public.batches'],
  ['alter table measures detach partition measures_2026 concurrently', 'public.measures'],
] as const

/** Mode that a statement waits for on a relation that somebody else has locked. */
const waitsFor = async (
  { database, client, pid }: { database: TestDatabase; client: pg.Client; pid: number },
  sql: string,
  relation: string,
): Promise<LockMode | undefined> => {
  await using keeper = await lockedBy(database, relation)
  const running = client.query(sql).catch((error: unknown) => error)
  let mode: string | undefined
  await expect
    .poll(
      async () => {
        const { rows } = await keeper.client.query<{ mode: string }>(
          'select mode from pg_locks where pid = $1 and not granted and relation = $2::regclass',
          [pid, relation],
        )
        mode = rows[0]?.mode
        return mode
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeDefined()
  await keeper.client.query('select pg_cancel_backend($1)', [pid])
  await running
  return modeOf(mode ?? '')
}

const lockedBy = async (database: TestDatabase, relation: string) => {
  const client = await database.client()
  // VACUUM looks at the table first, which this lets pass.
  await client.query(`begin; lock table ${relation} in share update exclusive mode`)
  return { client, [Symbol.asyncDispose]: () => client.end() }
}

test('what cannot run in a transaction waits for the locks that the gate foretells', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query(schema)
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid ?? 0
  const found: string[] = []
  const foretold: string[] = []
  for (const [sql, relation] of alone) {
    const statements = await splitStatements(sql)
    const known = await readKnown(
      client,
      statements.flatMap(({ node }) => node ?? []),
    )
    const [statement] = statements
    if (statement === undefined) continue
    foretold.push(`${sql}: ${judgeStatement(statement, false, known).touched.get(relation)?.mode}`)
    found.push(`${sql}: ${await waitsFor({ database, client, pid }, sql, relation)}`)
  }
  expect(found).toEqual(foretold)
})
