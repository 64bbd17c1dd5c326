import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrateIn } from '../support/command.ts'
import { migrationsFolder } from '../support/migrations.ts'
import { createDatabase } from '../support/postgres.ts'

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
    stderr: expect.stringContaining('a baseline begins one'),
  })
  expect((await migrate('up', '--yes', '--reason', 'a test')).code).toBe(0)
  const { rows } = await client.query(`select to_regclass('b') is not null as there`)
  expect(rows).toEqual([{ there: true }])
})
