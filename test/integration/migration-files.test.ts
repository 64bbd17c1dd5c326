import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { openTestSession, type TestSession } from '../support/session.ts'

const files = {
  '0001_a.up': 'create table a (id int);\n',
  '0001_a.down': 'drop table a;\n',
  '0002_b.up': 'create table b (id int);\n',
  '0002_b.down': 'drop table b;\n',
  '0003_c.up': 'create table c (id int);\n',
  '0003_c.down': 'drop table c;\n',
}

describe('files that are not those that were run', () => {
  let database: TestDatabase
  let session: TestSession
  let folder: string
  beforeAll(async () => {
    database = await createDatabase()
    session = await openTestSession(database, { readOnly: false })
    folder = migrationsFolder(files)
    await migrationsOf(session, folder).run()
  })
  afterAll(async () => {
    await session.close('user')
    await database.drop()
  })

  /** A copy of the folder, changed. */
  const changed = (change: (at: (name: string) => string) => void): string => {
    const copy = mkdtempSync(join(inject('runFolder'), 'migrations-'))
    cpSync(folder, copy, { recursive: true })
    change((name) => join(copy, `${name}.sql`))
    return copy
  }

  type At = (name: string) => string
  const rename = (at: At, from: string, to: string) => {
    for (const direction of ['up', 'down']) renameSync(at(`${from}.${direction}`), at(`${to}.${direction}`))
  }
  const remove = (at: At, name: string) => {
    for (const direction of ['up', 'down']) rmSync(at(`${name}.${direction}`))
  }

  test.each([
    [
      'changed',
      (at: At) => writeFileSync(at('0002_b.up'), 'create table b (id bigint);\n'),
      ['0002_b was changed since it was applied.'],
    ],
    ['gone from the middle', (at: At) => remove(at, '0002_b'), ['0002_b was applied, and its file is gone.']],
    ['gone from the end', (at: At) => remove(at, '0003_c'), ['0003_c was applied, and its file is gone.']],
    [
      'renamed',
      (at: At) => rename(at, '0002_b', '0002_bb'),
      ['0002_b was applied, and number 0002 is 0002_bb now.'],
    ],
    [
      'given another number',
      (at: At) => rename(at, '0003_c', '0004_c'),
      ['0003_c was applied, and what it did stands in 0004_c now.'],
    ],
    [
      'put into another order',
      (at: At) => {
        rename(at, '0002_b', '0009_c')
        rename(at, '0003_c', '0002_c')
        rename(at, '0009_c', '0003_b')
      },
      [
        '0002_b was applied, and number 0002 is 0002_c now.',
        '0003_c was applied, and number 0003 is 0003_b now.',
      ],
    ],
    [
      'joined by one in between',
      (at: At) => {
        rename(at, '0003_c', '0005_c')
        rename(at, '0002_b', '0003_b')
      },
      [
        '0002_b was applied, and what it did stands in 0003_b now.',
        '0003_c was applied, and number 0003 is 0003_b now.',
      ],
    ],
  ])('are refused when one was %s, and nothing runs', async (_, change, problems) => {
    const { migrations, status, run } = migrationsOf(session, changed(change))
    expect((await status()).problems).toEqual(expect.arrayContaining(problems))
    for (const direction of ['up', 'down', 'redo'] as const) {
      await expect(run(direction)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    }
    const job = await migrations.run({
      direction: 'up',
      to: null,
      reason: 'past the plan',
      confirmed: [],
      checksums: [],
      lockTimeout: 3000,
      lockRetries: 0,
      unclear: null,
    })
    expect(await ended(session, job)).toMatchObject({
      status: 'failed',
      error: { code: 'CHECKSUM_MISMATCH' },
    })
  })

  test('an older number that was added later is named, and not run', async () => {
    const copy = changed((at) => {
      writeFileSync(at('00025_late.up'), 'create table late ();')
    })
    // 25 comes after 3: nothing is wrong with it.
    expect((await migrationsOf(session, copy).status()).problems).toEqual([])
    const earlier = changed((at) => writeFileSync(at('0000_first.up'), 'create table first ();'))
    const { status, run } = migrationsOf(session, earlier)
    expect((await status()).problems).toEqual(['0000_first is not applied, and 0003_c is.'])
    await expect(run()).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
  })

  test('other line endings and a byte order mark are no change', async () => {
    const copy = changed((at) => {
      for (const name of Object.keys(files)) {
        writeFileSync(at(name), `\uFEFF${readFileSync(at(name), 'utf8').replaceAll('\n', '\r\n')}`)
      }
    })
    const { status, run } = migrationsOf(session, copy)
    expect(await status()).toMatchObject({ problems: [], current: '0003' })
    expect(await run()).toMatchObject({ status: 'done', result: { runs: [] } })
  })

  test('a row that was taken out of the history is noticed, and its rows cannot be by a slip', async () => {
    const client = await database.client()
    await expect(client.query('delete from viruj_console.migration_history')).rejects.toMatchObject({
      code: '23000',
    })
    await expect(client.query('truncate viruj_console.migration_history')).rejects.toMatchObject({
      code: '23000',
    })
    await expect(
      client.query(`update viruj_console.migration_history set reason = 'other'`),
    ).rejects.toMatchObject({ code: '23000' })
    await client.query('begin')
    await client.query('alter table viruj_console.migration_history disable trigger user')
    await client.query(`delete from viruj_console.migration_history where version = '0002'`)
    await client.query('commit')
    const { problems } = await migrationsOf(session, folder).status()
    expect(problems).toContain(
      'The history was changed: it does not add up to what it held when 0003_c was applied.',
    )
  })
})

test('a file that changes after the plan was seen is not run', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();' })
  const { run } = migrationsOf(session, folder)
  expect(await run('up', { checksums: ['0'.repeat(64)] })).toMatchObject({
    status: 'failed',
    error: { code: 'CONFLICT', remedy: expect.stringContaining('Nothing was run.') },
  })
})

test.each([
  ['a COMMIT', 'create table a ();\ncommit;', 'line 2: the statement begins or ends a transaction'],
  ['a COPY from the client', 'copy a from stdin;', 'line 1: the statement is a COPY FROM STDIN'],
  ['a command of psql', 'create table a ();\n\\i other.sql', 'is a command of psql'],
  [
    'an index without a name',
    '-- no-transaction\ncreate index concurrently on a (id);',
    'line 2: the statement builds an index without a name',
  ],
  ['no statement', '-- Nothing yet.', 'holds no statement'],
])('%s is refused before anything runs', async (_, sql, message) => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({ '0001_ok.up': 'create table ok ();', '0002_a.up': sql })
  const { run, states } = migrationsOf(session, folder)
  await expect(run()).rejects.toMatchObject({
    code: 'INVALID_SQL',
    message: expect.stringContaining(message),
  })
  expect(await states()).toEqual(['0001_ok pending', '0002_a pending'])
})
