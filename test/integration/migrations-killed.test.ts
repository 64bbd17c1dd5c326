import type pg from 'pg'
import { expect, test } from 'vitest'
import { type MigrationFile, readMigrationFiles } from '../../src/main/migrations/files.ts'
import { applyOver, killedAfter, ledgerOver } from '../support/migration-link.ts'
import { migrationsFolder } from '../support/migrations.ts'
import { createDatabase, startServer, type TestDatabase } from '../support/postgres.ts'

const folder = () =>
  migrationsFolder({
    '0001_log.up': 'create table log (id int);\ninsert into log values (1);',
    '0001_log.down': 'drop table log;',
    '0002_b.up': [
      '-- no-transaction',
      'create table b (id int);',
      'create index concurrently b_id_idx on b (id);',
      'insert into log values (2);',
    ].join('\n'),
    '0002_b.down': 'drop table b; delete from log where id = 2;',
  })

const seen = async (client: pg.Client) => {
  const { rows } = await client.query(
    `select to_regclass('public.log') is not null as log, to_regclass('public.b') is not null as b,
            (select i.indisvalid from pg_index i where i.indexrelid = to_regclass('public.b_id_idx')) as index`,
  )
  const ids = rows[0].log ? (await client.query('select id from public.log order by id')).rows : []
  return { ...rows[0], ids: ids.map(({ id }) => id) }
}

const connectAgain = async (database: TestDatabase): Promise<pg.Client> => {
  for (const started = performance.now(); ; ) {
    try {
      return await database.client()
    } catch (error) {
      if (performance.now() - started > 20_000) throw error
    }
  }
}

const lockHolders = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query(
    `select count(*)::int as holders from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0].holders
}

/** That the database is where the history says, whatever was killed. */
const expectOneVersion = async (client: pg.Client, files: readonly MigrationFile[]): Promise<string> => {
  const { entries, problems } = await ledgerOver(client, files)
  expect(problems).toEqual([])
  const [first, second] = entries
  const is = await seen(client)
  // All of a transaction, or nothing.
  expect(is.log).toBe(first?.state === 'applied')
  expect(is.ids.includes(1)).toBe(is.log)
  // Without one: exactly the statements that the history counts, and of the one that is under way nobody claims anything.
  const done = second?.state === 'applied' ? 3 : (second?.halfDone?.statementsDone ?? 0)
  const isUnclear = (second?.halfDone?.statementsBegun ?? 0) > done && second?.state !== 'applied'
  expect(is.b).toBe(done >= 1)
  if (done >= 2) expect(is.index).toBe(true)
  else if (!isUnclear) expect(is.index).toBe(null)
  expect(is.ids.filter((id: number) => id === 2)).toHaveLength(done >= 3 ? 1 : 0)
  return `${first?.state} ${second?.state} ${done}${isUnclear ? ' unclear' : ''}`
}

/** Kills once after each message that `counts`, and each time goes on to the end. What the history said, in its order. */
const killEverywhere = async (
  database: TestDatabase,
  { counts, kill }: { counts: RegExp; kill: (client: pg.Client) => Promise<void> },
): Promise<string[]> => {
  const files = await readMigrationFiles(folder())
  const said: string[] = []
  for (let count = 1; ; count++) {
    const client = await database.client()
    const { mortal, reached } = killedAfter(client, { count, counts }, () => kill(client))
    const applied = applyOver(mortal, files)
    applied.catch(() => undefined)
    await Promise.allSettled([applied])
    const next = await connectAgain(database)
    await expect.poll(() => lockHolders(next), { timeout: 20_000, interval: 5 }).toBe(0)
    said.push(await expectOneVersion(next, files))
    if (!reached()) {
      await applied
      return said
    }
    await applyOver(next, files)
    expect(await expectOneVersion(next, files)).toBe('applied applied 3')
    expect((await seen(next)).ids).toEqual([1, 2])
    await next.query('drop table log, b; drop schema viruj_console cascade')
    await next.end()
  }
}

/** What a run of the two files passes through, whoever is killed when. */
const way = [
  'pending pending 0',
  'applied pending 0',
  'applied half-done 1',
  'applied half-done 1 unclear',
  'applied half-done 2',
  'applied half-done 3',
  'applied applied 3',
]

test('a runner that is killed after any message leaves one version, and the history says which', async () => {
  await using database = await createDatabase()
  const kill = async (client: pg.Client) => void client.connection.stream.destroy()
  expect([...new Set(await killEverywhere(database, { counts: /./, kill }))]).toEqual(way)
}, 180_000)

test('a server that is killed after any write leaves one version, and the history says which', async () => {
  await using server = await startServer()
  await using database = await createDatabase({ on: server.address })
  const kill = async (client: pg.Client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const witness = await database.client()
    const gone = [client, witness].map((one) => new Promise((resolve) => one.once('end', resolve)))
    // One killed backend makes the server end all others and recover from its WAL, as after any crash. Until it has ended the
    // witness it still takes connections, which it ends at once.
    process.kill(rows[0].pid, 'SIGKILL')
    await Promise.all(gone)
  }
  const counts = /insert into|create|update viruj_console|commit/
  expect([...new Set(await killEverywhere(database, { counts, kill }))]).toEqual(way)
}, 180_000)

test('a postmaster that is killed around any commit leaves one version, and the history says which', async () => {
  await using server = await startServer()
  await using database = await createDatabase({ on: server.address })
  const kill = async (client: pg.Client) => {
    const gone = new Promise((resolve) => client.once('end', resolve))
    await server.kill()
    await gone
    await server.start()
  }
  const said = await killEverywhere(database, { counts: /commit|concurrently/, kill })
  expect(said.at(-1)).toBe('applied applied 3')
  expect(new Set(said).size).toBeGreaterThan(3)
}, 180_000)
