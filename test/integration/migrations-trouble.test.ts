import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase, createRole } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const exists = async (client: pg.Client, name: string): Promise<boolean> =>
  (await client.query('select to_regclass($1) is not null as there', [name])).rows[0].there

/** A table that nobody else comes to, until the client rolls back. */
const holdTable = async (client: pg.Client): Promise<void> => {
  await client.query('create table busy ()')
  await client.query('begin; lock table busy')
}

/** Whether a migration waits for the table: the gate, which looks at its size, wants a weaker lock. */
const someoneWaits = async (client: pg.Client): Promise<boolean> => {
  const { rowCount } = await client.query(
    `select from pg_locks
      where not granted and mode = 'AccessExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())`,
  )
  return (rowCount ?? 0) > 0
}

describe('a migration that fails half-way', () => {
  test('in a transaction leaves nothing, says where, and keeps what was done before it', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const folder = migrationsFolder({
      '0001_a.up': 'create table a (id int);',
      '0002_b.up': 'create table b (id int);\n\ninsert into b\n  select nowhere;',
      '0003_c.up': 'create table c (id int);',
    })
    const { run, states, history } = migrationsOf(session, folder)
    const client = await database.client()
    expect(await run()).toMatchObject({
      status: 'failed',
      error: {
        code: 'MIGRATION_FAILED',
        sqlstate: '42703',
        message: '0002_b.up.sql, line 4: column "nowhere" does not exist.',
        remedy: expect.stringContaining('Nothing of this file was kept.'),
      },
    })
    expect([await exists(client, 'a'), await exists(client, 'b'), await exists(client, 'c')]).toEqual([
      true,
      false,
      false,
    ])
    expect(await states()).toEqual(['0001_a applied', '0002_b pending', '0003_c pending'])
    expect(await history()).toMatchObject([
      {
        name: '0002_b',
        outcome: 'failed',
        failure: '0002_b.up.sql, line 4: column "nowhere" does not exist.',
      },
      { name: '0001_a', outcome: 'done', failure: null },
    ])
    writeFileSync(join(folder, '0002_b.up.sql'), 'create table b (id int);')
    expect(await run()).toMatchObject({ status: 'done', result: { current: '0003' } })
  })

  test('by a constraint that is only checked at the end leaves nothing either', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const folder = migrationsFolder({
      '0001_a.up':
        'create table a (id int primary key, up int references a deferrable initially deferred);\ninsert into a values (1, 2);',
    })
    const { run, states } = migrationsOf(session, folder)
    expect(await run()).toMatchObject({ status: 'failed', error: { code: 'MIGRATION_FAILED' } })
    expect(await states()).toEqual(['0001_a pending'])
  })

  test('without a transaction says what is done, and goes on from there when it was corrected', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const begin = '-- no-transaction\ncreate table log (id int);\ninsert into log values (1), (1);\n'
    const folder = migrationsFolder({
      '0001_log.up': `${begin}create unique index concurrently log_id_key on log (id);\ninsert into log values (3);`,
      '0001_log.down': 'drop table if exists log;',
    })
    const { run, status, migrations } = migrationsOf(session, folder)
    const client = await database.client()
    expect(await run()).toMatchObject({
      status: 'failed',
      error: {
        sqlstate: '23505',
        message: expect.stringContaining('0001_log.up.sql, line 4'),
        remedy: expect.stringContaining(
          '2 of its 4 statements are done; "viruj-console migrate up" goes on from there.',
        ),
      },
    })
    expect(await status()).toMatchObject({
      current: null,
      migrations: [
        {
          state: 'half-done',
          appliedBy: null,
          halfDone: { direction: 'up', done: 2, statements: 4, unclear: false },
        },
      ],
    })
    // What a failed build leaves is gone: it is not in the way of the next one.
    expect(await exists(client, 'log_id_key')).toBe(false)

    writeFileSync(join(folder, '0001_log.up.sql'), `${begin.replace('(1), (1)', '(1)')}select 1;`)
    await expect(migrations.plan({ direction: 'up', to: null }, noAbort())).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining('one of the statements that were run was changed'),
    })
    writeFileSync(
      join(folder, '0001_log.up.sql'),
      `${begin}create index concurrently log_id_key on log (id);`,
    )
    expect(await run()).toMatchObject({ status: 'done', result: { current: '0001' } })
    expect((await client.query('select id from log')).rows).toEqual([{ id: 1 }, { id: 1 }])
    expect(await exists(client, 'log_id_key')).toBe(true)
  })

  test('without a transaction can be taken back instead', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const folder = migrationsFolder({
      '0001_a.up': '-- no-transaction\ncreate table a (id int);\nselect nowhere;',
      '0001_a.down': 'drop table if exists a;',
    })
    const { run, states } = migrationsOf(session, folder)
    expect(await run()).toMatchObject({ status: 'failed' })
    expect(await run('down')).toMatchObject({ status: 'done', result: { current: null } })
    expect(await states()).toEqual(['0001_a pending'])
    expect(await exists(await database.client(), 'a')).toBe(false)
  })
})

describe('a statement without a transaction whose end nobody saw', () => {
  test('is an index that is half built: what is left is taken away, and it is built again', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const folder = migrationsFolder({
      '0001_t.up': 'create table t (id int); insert into t values (1);',
      '0002_i.up': '-- no-transaction\ncreate index concurrently t_id_idx on t (id);',
    })
    const { run, migrations, status } = migrationsOf(session, folder)
    await run('up', { to: '0001' })
    const client = await database.client()
    const old = await database.client()
    // Who has written to the table keeps the build from going on.
    await old.query('begin; insert into t values (2)')
    const plan = await migrations.plan({ direction: 'up', to: null }, noAbort())
    const job = await migrations.run({
      direction: 'up',
      to: null,
      reason: 'a test',
      confirmed: plan.migrations.flatMap(({ confirm }) => confirm),
      checksums: plan.migrations.map(({ checksum }) => checksum),
      lockTimeout: 60_000,
      lockRetries: 0,
      unclear: null,
    })
    await expect.poll(() => exists(client, 't_id_idx'), { timeout: 20_000 }).toBe(true)
    const { lockedBy } = await status()
    await client.query('select pg_terminate_backend($1)', [lockedBy?.pid])
    expect(await ended(session, job)).toMatchObject({ status: 'failed', error: { code: 'CONNECTION_LOST' } })
    await old.query('commit')
    await expect.poll(async () => (await status()).lockedBy, { timeout: 20_000 }).toBe(null)
    const valid = async () =>
      (await client.query(`select indisvalid from pg_index where indexrelid = 't_id_idx'::regclass`)).rows[0]
        .indisvalid
    expect(await valid()).toBe(false)
    expect((await status()).migrations[1]).toMatchObject({
      state: 'half-done',
      halfDone: { done: 0, unclear: true },
    })
    expect(await run()).toMatchObject({ status: 'done' })
    expect(await valid()).toBe(true)
  })

  test('is asked about when nobody can find out, and the answer is taken', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const client = await database.client()
    await client.query(`
      create table log (id int);
      create procedure write() language plpgsql as $$ begin insert into log values (1); commit; perform pg_sleep(600); end $$`)
    const folder = migrationsFolder({
      '0001_call.up': '-- no-transaction\ncall write();\ninsert into log values (2);',
    })
    const { run, migrations, status, states } = migrationsOf(session, folder)
    const plan = await migrations.plan({ direction: 'up', to: null }, noAbort())
    const input = {
      direction: 'up' as const,
      to: null,
      reason: 'a test',
      confirmed: plan.migrations.flatMap(({ confirm }) => confirm),
      checksums: plan.migrations.map(({ checksum }) => checksum),
      lockTimeout: 3000,
      lockRetries: 0,
      unclear: null,
    }
    const job = await migrations.run(input)
    const ids = async () => (await client.query('select id from log')).rows.map(({ id }) => id)
    await expect.poll(ids, { timeout: 20_000 }).toEqual([1])
    await client.query('select pg_terminate_backend($1)', [(await status()).lockedBy?.pid])
    await ended(session, job)
    await expect.poll(async () => (await status()).lockedBy, { timeout: 20_000 }).toBe(null)
    expect(await run()).toMatchObject({
      status: 'failed',
      error: { code: 'CONFLICT', message: expect.stringContaining('how it ended was not seen') },
    })
    expect(await states()).toEqual(['0001_call half-done'])
    expect(await migrations.plan({ direction: 'up', to: null }, noAbort())).toMatchObject({
      unclear: { version: '0001', line: 2, sql: 'call write()' },
    })
    expect(await run('up', { unclear: 'done' })).toMatchObject({ status: 'done' })
    expect(await ids()).toEqual([1, 2])
  })
})

describe('two runners', () => {
  test('never run at once: the second is told who is at it, and changes nothing', async () => {
    await using database = await createDatabase()
    await using first = await openTestSession(database, { readOnly: false })
    await using second = await openTestSession(database, { readOnly: false })
    const client = await database.client()
    await holdTable(client)
    const folder = migrationsFolder({ '0001_a.up': 'alter table busy add id int;' })
    const { run, status } = migrationsOf(first, folder)
    const running = run('up', { lockTimeout: 60_000 })
    const other = await database.client()
    await expect.poll(() => someoneWaits(other), { timeout: 20_000 }).toBe(true)
    const { lockedBy } = await status()
    expect(lockedBy).toMatchObject({ user: database.user, application: 'viruj-console' })
    expect(await migrationsOf(second, folder).run()).toMatchObject({
      status: 'failed',
      error: {
        code: 'MIGRATION_LOCKED',
        message: `Backend ${lockedBy?.pid} of user "${database.user}" (viruj-console) is migrating this database or checking it for drift right now.`,
      },
    })
    await client.query('rollback')
    expect(await running).toMatchObject({ status: 'done' })
    expect(await status()).toMatchObject({ lockedBy: null, current: '0001' })
  })

  test('that begin in the same moment apply each file once', async () => {
    await using database = await createDatabase()
    const folder = migrationsFolder({ '0001_a.up': 'create table a ();', '0002_b.up': 'create table b ();' })
    const sessions = await Promise.all([1, 2, 3].map(() => openTestSession(database, { readOnly: false })))
    const jobs = await Promise.all(sessions.map((session) => migrationsOf(session, folder).run()))
    expect(jobs.filter(({ status }) => status === 'done')).toHaveLength(1)
    for (const { status, error } of jobs) {
      if (status === 'failed') expect(error?.code).toMatch(/^(MIGRATION_LOCKED|CONFLICT)$/)
    }
    const [session] = sessions
    expect(session && (await migrationsOf(session, folder).history())).toHaveLength(2)
    await Promise.all(sessions.map((one) => one.close('user')))
  })
})

describe('a busy table', () => {
  test('is waited for a bounded time, then the holder is named and nothing is lost', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const client = await database.client()
    await client.query(`set application_name = 'nightly import'`)
    await holdTable(client)
    const folder = migrationsFolder({ '0001_a.up': 'create table a ();\nalter table busy add id int;' })
    const { run, states, history } = migrationsOf(session, folder)
    const job = await run('up', { lockTimeout: 500, lockRetries: 2 })
    expect(job).toMatchObject({
      status: 'failed',
      error: {
        code: 'LOCK_TIMEOUT',
        message: expect.stringMatching(/0001_a\.up\.sql, line 2: .*"nightly import"/),
        remedy: expect.stringContaining('Nothing of this file was kept.'),
      },
    })
    expect(job.log.filter((line) => line.includes('retry'))).toHaveLength(2)
    expect(await states()).toEqual(['0001_a pending'])
    expect(await history()).toMatchObject([{ outcome: 'failed' }])
    expect(await exists(await database.client(), 'a')).toBe(false)

    const again = run('up', { lockTimeout: 500, lockRetries: 20 })
    const other = await database.client()
    await expect.poll(() => someoneWaits(other), { timeout: 20_000, interval: 10 }).toBe(true)
    await client.query('rollback')
    expect(await again).toMatchObject({ status: 'done' })
  })
})

describe('a run that is stopped', () => {
  const waiting = async () => {
    const database = await createDatabase()
    const client = await database.client()
    await holdTable(client)
    const folder = migrationsFolder({ '0001_a.up': 'create table a ();\nalter table busy add id int;' })
    return { database, folder, client }
  }

  test('by its person is rolled back, and the history says so', async () => {
    const { database, folder } = await waiting()
    await using session = await openTestSession(database, { readOnly: false })
    const { run, status, history } = migrationsOf(session, folder)
    const running = run('up', { lockTimeout: 60_000 })
    const other = await database.client()
    await expect.poll(() => someoneWaits(other), { timeout: 20_000 }).toBe(true)
    const [job] = await session.jobs.list()
    await session.jobs.cancel({ jobId: job?.id ?? '' })
    expect(await running).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } })
    expect(await status()).toMatchObject({ lockedBy: null, migrations: [{ state: 'pending' }] })
    expect(await history()).toMatchObject([
      { outcome: 'failed', failure: expect.stringContaining('cancelled') },
    ])
    await database.drop()
  })

  test('by the end of its session is rolled back before the session is gone', async () => {
    const { database, folder } = await waiting()
    const session = await openTestSession(database, { readOnly: false })
    const running = migrationsOf(session, folder).run('up', { lockTimeout: 60_000 })
    const other = await database.client()
    await expect.poll(() => someoneWaits(other), { timeout: 20_000 }).toBe(true)
    await session.close('user')
    expect(await running).toMatchObject({ status: 'cancelled' })
    await using next = await openTestSession(database)
    expect(await migrationsOf(next, folder).history()).toMatchObject([
      { outcome: 'failed', failure: expect.stringContaining('cancelled') },
    ])
    await database.drop()
  })
})

test('one without a way down is not taken back, and nothing changes', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();', '0001_a.down': 'drop table a;' })
  const { run, states } = migrationsOf(session, folder)
  await run()
  rmSync(join(folder, '0001_a.down.sql'))
  await expect(run('down')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: '0001_a has no way down: there is no 0001_a.down.sql.',
  })
  expect(await states()).toEqual(['0001_a applied'])
})

test('a session without privileges is told so beforehand, and changes nothing', async () => {
  await using database = await createDatabase()
  await using role = await createRole()
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();' })
  await using session = await openTestSession(
    { ...database, ...role },
    { readOnly: false, user: role.user },
    role.password,
  )
  const { run, status } = migrationsOf(session, folder)
  expect(await status()).toMatchObject({
    runsAs: role.user,
    refusal: expect.stringContaining(`Role "${role.user}" may not keep the history of migrations here.`),
  })
  expect(await run()).toMatchObject({
    status: 'failed',
    error: { code: 'PERMISSION_DENIED', remedy: expect.stringContaining("Migrate as the database's owner") },
  })
  const client = await database.client()
  expect((await client.query(`select from pg_namespace where nspname = 'viruj_console'`)).rowCount).toBe(0)
  await session.close('user')
  await database.drop()
})

test('the history keeps who, when, how long, why, with which tool, and what came of it', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();' })
  const { run, history } = migrationsOf(session, folder)
  await run('up', { reason: 'CR-1042: legal hold' })
  const [row] = await history()
  expect(row).toEqual({
    id: '1',
    version: '0001',
    name: '0001_a',
    direction: 'up',
    outcome: 'done',
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    milliseconds: expect.any(Number),
    actor: database.user,
    actingRole: database.user,
    claimedBy: expect.stringMatching(/.+/),
    reason: 'CR-1042: legal hold',
    checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    statementsDone: 1,
    statements: 1,
    failure: null,
    toolVersion: '0.1.0',
  })
})

test('a migration cannot give the lock or the history away unseen', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const folder = migrationsFolder({ '0001_a.up': 'create table a ();\nselect pg_advisory_unlock_all();' })
  const { run, states } = migrationsOf(session, folder)
  expect(await run()).toMatchObject({
    status: 'failed',
    error: {
      message: expect.stringContaining('The lock against a second migration at the same time was lost'),
    },
  })
  expect(await states()).toEqual(['0001_a pending'])
})
