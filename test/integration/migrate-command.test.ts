import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProgram } from '../support/cli.ts'
import { migrateIn } from '../support/command.ts'
import { migrationsFolder } from '../support/migrations.ts'
import { createDatabase, startServer } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { profileOf } from '../support/session.ts'

const files = {
  '0001_a.up': 'create table a (id int);',
  '0001_a.down': 'drop table a;',
  '0002_b.up': 'create table b (id int);',
}

test('the commands of a rollout end with the exit codes that scripts rely on', async () => {
  await using database = await createDatabase()
  const folder = migrationsFolder(files)
  const migrate = (...words: string[]) => migrateIn([...words, '--dir', folder], database.url)

  expect(await migrate('status')).toMatchObject({ code: 2, stdout: expect.stringContaining('0001_a') })
  const planned = await migrate('plan', '--json')
  expect(planned.code).toBe(2)
  expect(JSON.parse(planned.stdout).migrations).toMatchObject([{ name: '0001_a' }, { name: '0002_b' }])
  expect(await migrate('up', '--reason', 'release 1')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('add --yes. Nothing was run.'),
  })
  expect(await migrate('up', '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('--reason') })

  const applied = await migrate('up', '--yes', '--reason', 'release 1', '--json')
  expect(applied).toMatchObject({ code: 0, stderr: expect.stringContaining('0002_b applied in') })
  expect(JSON.parse(applied.stdout)).toMatchObject({
    current: '0002',
    runs: [{ name: '0001_a', reason: 'release 1', outcome: 'done' }, { name: '0002_b' }],
  })
  expect(await migrate('up', '--yes', '--reason', 'release 1')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('There is nothing to run.'),
  })
  expect((await migrate('status')).code).toBe(0)

  const verified = JSON.parse((await migrate('verify', '--json')).stdout)
  expect((await migrate('verify', '--sum', verified.directorySum)).code).toBe(0)
  expect((await migrate('verify', '--sum', '0'.repeat(64))).code).toBe(4)

  const down = await migrate('down', '--yes', '--reason', 'not wanted', '--json')
  expect(down.code).toBe(1)
  expect(JSON.parse(down.stdout).error).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('0002_b has no way down'),
  })
  writeFileSync(join(folder, '0001_a.up.sql'), 'create table a (id bigint);')
  for (const words of [['status'], ['verify'], ['plan'], ['up', '--yes', '--reason', 'release 1']]) {
    expect(await migrate(...words)).toMatchObject({ code: 4 })
  }
})

test('a script agrees by name to what is taken away', async () => {
  await using database = await createDatabase()
  const folder = migrationsFolder({
    '0001_a.up': 'create table a (id int); insert into a values (1);',
    '0002_b.up': 'drop table a;',
  })
  const up = (...words: string[]) =>
    migrateIn(['up', '--yes', '--reason', 'a test', '--dir', folder, ...words], database.url)
  expect((await up('--to', 'first')).code).toBe(1)
  expect((await up('--to', '0001')).code).toBe(0)
  const refused = await up('--json')
  expect(refused.code).toBe(1)
  const { error } = JSON.parse(refused.stdout)
  expect(error).toMatchObject({ code: 'CONFIRMATION_REQUIRED', remedy: expect.stringContaining('--destroy') })
  const [, name] = /--destroy "([^"]+)"/.exec(error.remedy) ?? []
  expect((await up('--destroy', 'another')).code).toBe(1)
  expect(await up('--destroy', name ?? '')).toMatchObject({ code: 0 })
})

test('a saved connection keeps its word: read-only is refused, production wants the name of its database', async () => {
  await using server = await startServer({ hba: ['host all all 127.0.0.1/32 trust'], tls: false })
  await using database = await createDatabase({ on: server.address })
  const folder = migrationsFolder(files)
  const home = newHome()
  const saved = (name: string, readOnly: boolean) =>
    profileOf(database, {
      ...{ id: name, name, readOnly, environment: 'production' },
      ...{ tlsMode: 'disable', caFile: null },
    })
  writeFileSync(
    join(home, 'profiles.json'),
    JSON.stringify({ version: 1, profiles: [saved('reads', true), saved('live', false)] }),
  )
  const up = (...words: string[]) =>
    migrateIn(['up', '--yes', '--reason', 'release 1', '--dir', folder, ...words], undefined, home)

  for (const confirm of [[], ['--confirm', database.database]]) {
    expect(await up('--profile', 'reads', ...confirm)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The connection reads is read-only. Allow writes in the connection, then connect again.',
    })
  }
  for (const confirm of [[], ['--confirm', 'another']]) {
    expect(await up('--profile', 'live', ...confirm)).toEqual({
      code: 1,
      stdout: '',
      stderr: `This is production: "${database.database}" takes writes from this session only after its name was typed. Add --confirm "${database.database}" if that is meant. Nothing was changed.`,
    })
  }
  const client = await database.client()
  const there = async () => (await client.query(`select to_regclass('a') as there`)).rows[0].there
  expect(await there()).toBe(null)
  expect(await up('--profile', 'live', '--confirm', database.database)).toMatchObject({ code: 0 })
  expect(await there()).toBe('a')
})

test('a busy table ends the command with 1, and who holds it is named', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query(`set application_name = 'nightly import'; create table busy ()`)
  await client.query('begin; lock table busy')
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();\nalter table busy add id int;' })
  const up = (...words: string[]) =>
    migrateIn(['up', '--yes', '--reason', 'release 1', '--dir', folder, ...words], database.url)

  const waited = await up('--lock-timeout', '700ms', '--lock-retries', '1')
  expect(waited).toMatchObject({ code: 1, stdout: '' })
  expect(waited.stderr).toContain(
    '0001_a.up.sql waited in vain for a lock. All of it was rolled back; retry 1 of 1.',
  )
  expect(waited.stderr).toMatch(
    new RegExp(
      `0001_a.up.sql, line 2: .*: backend ${rows[0].pid} of user "${database.user}" with application "nightly import" in a transaction of \\d+ s\\. Nothing of this file was kept\\.`,
    ),
  )
  const told = await up('--lock-timeout', '700ms', '--lock-retries', '0', '--json')
  expect(JSON.parse(told.stdout)).toMatchObject({
    error: { code: 'LOCK_TIMEOUT', message: expect.stringContaining(`backend ${rows[0].pid}`) },
  })
  await client.query('rollback')
  expect((await up()).code).toBe(0)
})

test('a new migration takes the next number, and is not applied before somebody wrote it', async () => {
  await using database = await createDatabase()
  const folder = migrationsFolder({ '00017_a.up': 'create table a ()' })
  const made = await migrateIn(['new', 'b_index', '--no-transaction', '--dir', folder])
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('00018_b_index.up.sql') })
  expect(readdirSync(folder).sort()).toEqual([
    '00017_a.up.sql',
    '00018_b_index.down.sql',
    '00018_b_index.up.sql',
  ])
  expect(readFileSync(join(folder, '00018_b_index.up.sql'), 'utf8')).toMatch(/^-- no-transaction\n/)
  expect(await migrateIn(['up', '--yes', '--reason', 'a test', '--dir', folder], database.url)).toMatchObject(
    { code: 1, stderr: expect.stringContaining('00018_b_index.up.sql holds no statement') },
  )
  expect(await migrateIn(['new', 'Bad Name', '--dir', folder])).toMatchObject({ code: 1 })
  rmSync(folder, { recursive: true })
  expect(await migrateIn(['new', 'c', '--dir', folder])).toMatchObject({ code: 1 })
})

test('a baseline begins a history, once, and runs nothing', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query(files['0001_a.up'])
  const folder = migrationsFolder(files)
  const migrate = (...words: string[]) => migrateIn([...words, '--dir', folder], database.url)
  const begun = await migrate('baseline', '--to', '0001', '--reason', 'made by hand', '--json')
  expect(begun.code).toBe(0)
  expect(JSON.parse(begun.stdout)).toMatchObject({
    current: '0001',
    runs: [{ direction: 'baseline', outcome: 'done' }],
  })
  expect(await migrate('baseline', '--reason', 'once more')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has a history already'),
  })
  expect(await migrate('baseline', '--to', '0001', '--reason', 'once more')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Nothing through 0001_a is pending.'),
  })
  expect((await migrate('up', '--yes', '--reason', 'a test')).code).toBe(0)
  const { rows } = await client.query(`select to_regclass('b') is not null as there`)
  expect(rows).toEqual([{ there: true }])
})

test('a command that is killed with SIGKILL lets go within seconds, keeps nothing, and the next one goes on', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query('create table busy ()')
  await client.query('begin; lock table busy')
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();\nalter table busy add id int;' })
  const child = spawn(
    process.execPath,
    [cliProgram, 'migrate', 'up', '--yes', '--reason', 'a test', '--lock-timeout', '10min', '--dir', folder],
    { env: { PATH: process.env.PATH, VIRUJ_CONSOLE_HOME: newHome(), DATABASE_URL: database.url } },
  )
  const exited = once(child, 'exit')
  const other = await database.client()
  const locks = async (condition: string): Promise<number> => {
    const { rowCount } = await other.query(
      `select from pg_locks where ${condition} and database = (select oid from pg_database where datname = current_database())`,
    )
    return rowCount ?? 0
  }
  const waiting = () => locks(`not granted and mode = 'AccessExclusiveLock'`)
  await expect.poll(waiting, { timeout: 50_000 }).toBe(1)
  child.kill('SIGKILL')
  await exited
  // The backend waits for a lock and reads nothing: it looks by itself whether its client lives.
  await expect.poll(() => locks(`locktype = 'advisory'`), { timeout: 20_000 }).toBe(0)
  await client.query('rollback')
  const { rows } = await client.query(`select to_regclass('a') as there`)
  expect(rows).toEqual([{ there: null }])
  const status = await migrateIn(['status', '--json', '--dir', folder], database.url)
  expect(status.code).toBe(2)
  expect(JSON.parse(status.stdout)).toMatchObject({
    current: null,
    lockedBy: null,
    migrations: [{ state: 'pending' }],
  })
  expect((await migrateIn(['up', '--yes', '--reason', 'a test', '--dir', folder], database.url)).code).toBe(0)
  const { rows: runs } = await client.query('select outcome from viruj_console.migration_history order by id')
  expect(runs).toEqual([{ outcome: 'interrupted' }, { outcome: 'done' }])
}, 120_000)

test('a difference that a script accepted no longer counts, until that is taken back', async () => {
  await using database = await createDatabase()
  const folder = migrationsFolder({ '0001_a.up': 'create table a (id int);' })
  const migrate = (...words: string[]) => migrateIn([...words, '--dir', folder, '--json'], database.url)
  await migrate('up', '--yes', '--reason', 'release 1')
  const client = await database.client()
  await client.query('create index a_idx on a (id)')
  const waive = ['waive', 'index', 'public.a_idx', '--reason', 'CR-310: until the release']
  expect(await migrate('drift')).toMatchObject({ code: 3 })
  expect(await migrate(...waive)).toMatchObject({ code: 1, stdout: expect.stringContaining('--until') })
  expect(await migrate(...waive, '--until', '2020-01-31')).toMatchObject({ code: 1 })

  const waived = await migrate(...waive, '--until', '2999-12-31')
  expect(waived.code).toBe(0)
  const { id } = JSON.parse(waived.stdout)
  expect(JSON.parse((await migrate('waivers')).stdout)).toMatchObject([
    { id, kind: 'index', identity: 'public.a_idx', attribute: null, until: '2999-12-31' },
  ])
  expect(await migrate('drift')).toMatchObject({ code: 0 })

  expect(await migrate('unwaive', id)).toMatchObject({ code: 0 })
  expect(JSON.parse((await migrate('waivers')).stdout)).toEqual([])
  expect(await migrate('drift')).toMatchObject({ code: 3 })
  expect(await migrate('unwaive', id)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('NOT_FOUND'),
  })
})
