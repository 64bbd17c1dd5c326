import type pg from 'pg'
import { expect, test } from 'vitest'
import { erpMigrationsFolder } from '../../src/main/migrations/folder.ts'
import { withMigrationLock } from '../../src/main/migrations/lock.ts'
import type { Session } from '../../src/main/session/session.ts'
import type { JobState } from '../../src/shared/jobs.ts'
import { type DriftReport, driftReport } from '../../src/shared/migrations.ts'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase, createRole } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const folder = () =>
  migrationsFolder({
    '0001_a.up': 'create schema s; create table s.a (id int primary key, b text, c text);',
    '0001_a.down': 'drop schema s cascade;',
    '0002_b.up': 'create view s.b as select id from s.a;',
  })

const jobOf = async (session: Session, at: string): Promise<JobState> =>
  ended(session, await migrationsOf(session, at).migrations.drift(null))

const reportOf = async (session: Session, at: string): Promise<DriftReport> => {
  const job = await jobOf(session, at)
  expect(job.error).toBeNull()
  return driftReport.parse(job.result)
}

const lines = ({ differences }: DriftReport): string[] =>
  differences.map(
    ({ change, kind, identity, waived }) => `${change} ${kind} ${identity}${waived ? ', waived' : ''}`,
  )

/** Shadows whose creators are gone: those of other tests that run meanwhile are theirs. */
const leftShadows = async (client: pg.ClientBase): Promise<number> => {
  const { rows } = await client.query(
    `select from pg_database
      where datname like 'viruj_shadow_%'
        and split_part(datname, '_', 3)::int not in (select pid from pg_stat_activity)`,
  )
  return rows.length
}

test('an untouched database has no drift, a touched one says what differs, and nothing is left behind', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const at = folder()
  await migrationsOf(session, at).run()
  expect(await reportOf(session, at)).toMatchObject({
    version: '0002',
    shadow: 'same-server',
    differences: [],
    notes: [],
  })

  const client = await database.client()
  await client.query('alter table s.a alter b set not null; create index on s.a (c); drop view s.b')
  const report = await reportOf(session, at)
  expect(lines(report)).toEqual(['missing view s.b', 'changed column s.a.b', 'unexpected index s.a_c_idx'])
  expect(report.differences[1]?.attributes).toEqual([{ name: 'not null', expected: 'false', actual: 'true' }])
  expect(await leftShadows(client)).toBe(0)
})

test('what is pending is ignored, whatever it would do', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const at = migrationsFolder({
    '0001_a.up': 'create table a (id int);',
    '0002_b.up': 'drop table a; create table nowhere (id missing_type);',
  })
  await migrationsOf(session, at).run('up', { to: '0001' })
  expect(await reportOf(session, at)).toMatchObject({ version: '0001', differences: [] })
})

test('a database without any migration is expected to be empty', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  expect(await reportOf(session, folder())).toMatchObject({ version: null, differences: [] })
  await (await database.client()).query('create sequence found')
  expect(lines(await reportOf(session, folder()))).toEqual(['unexpected sequence public.found'])
})

test('files that are not those that were run are no measure', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  await migrationsOf(session, migrationsFolder({ '0001_a.up': 'create table a (id int)' })).run()
  const job = await jobOf(session, migrationsFolder({ '0001_a.up': 'create table a (id bigint)' }))
  expect(job).toMatchObject({ status: 'failed', error: { code: 'CHECKSUM_MISMATCH' } })
})

test('a check waits for no migration and hinders no other check', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const at = folder()
  await migrationsOf(session, at).run()
  const other = await database.client()
  await withMigrationLock(
    other,
    async () => {
      expect(await reportOf(session, at)).toMatchObject({ differences: [] })
    },
    'shared',
  )
  await withMigrationLock(other, async () => {
    const job = await jobOf(session, at)
    expect(job).toMatchObject({ status: 'failed', error: { code: 'MIGRATION_LOCKED' } })
  })
})

test('who may only read checks as well, on an embedded shadow, and as the role that migrated', async () => {
  await using database = await createDatabase()
  await using reader = await createRole({ as: 'connection limit 10' })
  const client = await database.client()
  const at = migrationsFolder({
    '0001_a.up':
      "create table a (id int, v text check (v in ('x', 'y'))); create view w as select id from a where id > 1;",
  })
  {
    await using session = await openTestSession(database, { readOnly: false })
    await migrationsOf(session, at).run()
  }
  await client.query(
    `grant usage on schema viruj_console to "${reader.user}"; grant select on all tables in schema viruj_console to "${reader.user}"`,
  )
  await using session = await openTestSession({ ...database, ...reader })
  const report = await reportOf(session, at)
  expect(report).toMatchObject({ version: '0001', shadow: 'embedded', differences: [] })
  expect(report.notes).toEqual([expect.stringContaining('read-only')])
  await client.query('alter view w owner to pg_monitor')
  expect(lines(await reportOf(session, at))).toEqual(['changed view public.w'])
  await client.query(`drop owned by "${reader.user}"`)
})

test('a waiver names who, why and until when, holds through its last day, and can be taken back', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const at = folder()
  const { migrations, run } = migrationsOf(session, at)
  await run()
  const client = await database.client()
  await client.query(
    `alter table s.a alter b set not null, alter b set default 'x'; create table s.extra (id int primary key)`,
  )
  const today = new Date().toISOString().slice(0, 10)
  const column = { kind: 'column', identity: 's.a.b', reason: 'A hot fix', until: today }
  const notNull = await migrations.waive({ ...column, attribute: 'not null' }, noAbort())
  expect(notNull).toMatchObject({ who: session.state().server.sessionUser, until: today })
  expect(lines(await reportOf(session, at))).toEqual([
    'unexpected table s.extra',
    'changed column s.a.b',
    'unexpected constraint extra_pkey on s.extra',
  ])
  await migrations.waive({ ...column, attribute: 'default' }, noAbort())
  await migrations.waive({ ...column, kind: 'table', identity: 's.extra', attribute: null }, noAbort())
  expect(lines(await reportOf(session, at))).toEqual([
    'unexpected table s.extra, waived',
    'changed column s.a.b, waived',
    'unexpected constraint extra_pkey on s.extra, waived',
  ])
  await migrations.unwaive({ id: notNull.id }, noAbort())
  expect(lines(await reportOf(session, at))).toContain('changed column s.a.b')
  await expect(migrations.unwaive({ id: notNull.id }, noAbort())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(
    migrations.waive({ ...column, attribute: 'type', until: '2020-01-01' }, noAbort()),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  // As if the day had passed: what is written cannot be changed, so the row is put there as it would have been.
  await client.query(
    `insert into viruj_console.drift_waiver (kind, identity, attribute, reason, until) values ('column', 's.a.b', 'not null', 'Old', current_date - 1)`,
  )
  expect(lines(await reportOf(session, at))).toContain('changed column s.a.b')
  expect(await migrations.waivers(null, noAbort())).toMatchObject([
    { reason: 'Old' },
    { kind: 'table' },
    { attribute: 'default' },
  ])
  for (const sql of [
    'delete from viruj_console.drift_waiver',
    `update viruj_console.drift_waiver set until = '2999-01-01'`,
    'truncate viruj_console.drift_waiver',
  ]) {
    await expect(client.query(sql)).rejects.toMatchObject({ code: '23000' })
  }
})

test('months of the audit trail come and go with time and are no drift; what else was changed about one is', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const at = erpMigrationsFolder()
  await migrationsOf(session, at).run()
  const client = await database.client()
  await client.query(`select audit.make_months(14)`)
  const { rows } = await client.query<{ first: string; second: string }>(
    `select (array_agg(relid::regclass::text order by relid::regclass::text))[2] as first, (array_agg(relid::regclass::text order by relid::regclass::text))[3] as second
       from pg_partition_tree('audit.event') where isleaf`,
  )
  await client.query(
    `alter table audit.event detach partition ${rows[0]?.first}; drop table ${rows[0]?.first}`,
  )
  expect(await reportOf(session, at)).toMatchObject({
    differences: [],
    notes: [
      'Months of audit.event that are not here: 1. They are made as time goes by.',
      'Months of audit.event that are not in the shadow: 2. They are made as time goes by.',
    ],
  })
  await client.query(
    `alter table ${rows[0]?.second} disable trigger event_no_truncate; create index on ${rows[0]?.second} (actor)`,
  )
  expect(lines(await reportOf(session, at))).toEqual([
    expect.stringMatching(/^unexpected index audit\.event_\d+_\d+_actor_idx/),
    expect.stringMatching(/^changed trigger event_no_truncate on audit\.event_/),
  ])
}, 60_000)
