import { describe, expect, test } from 'vitest'
import { erpMigrationsFolder } from '../../src/main/migrations/folder.ts'
import { roundTripReport } from '../../src/shared/migrations.ts'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

/** Files that a plan finds pending, behind one that is applied, and what the round trip says of each. */
const tryFiles = async (files: Record<string, string>) => {
  await using database = await createDatabase()
  await using session = await openTestSession(database, { readOnly: false })
  const applied = {
    '0001_base.up': 'create table base (id integer primary key, label text default $$x$$)',
    '0001_base.down': 'drop table base',
  }
  await migrationsOf(session, migrationsFolder(applied)).run('up')
  const { migrations } = migrationsOf(session, migrationsFolder({ ...applied, ...files }))
  const job = await ended(session, await migrations.roundTrip({ direction: 'up', to: null }))
  expect(job).toMatchObject({ kind: 'round-trip', status: 'done', error: null })
  const client = await database.client()
  const { rows } = await client.query(
    "select count(*)::int as n from pg_class where relname in ('a', 'b', 'c')",
  )
  expect(rows).toEqual([{ n: 0 }])
  return { job, report: roundTripReport.parse(job.result) }
}

describe('up, down and up again on a shadow', () => {
  test('leaves no difference where the way down undoes all, and says how far it is', async () => {
    const { job, report } = await tryFiles({
      '0002_a.up':
        'create table a (id integer primary key, base integer references base); comment on table a is $$x$$',
      '0002_a.down': 'drop table a',
      '0003_b.up': 'alter table a add column b integer not null default 1; create index b on a (b)',
      '0003_b.down': 'alter table a drop column b',
    })
    expect(report).toMatchObject({
      shadow: 'same-server',
      migrations: [
        { name: '0002_a', outcome: 'same', findings: [{ rule: 'round-trip', severity: 'ok' }] },
        { name: '0003_b', outcome: 'same' },
      ],
    })
    expect(job.progress).toMatchObject({ done: 7, total: 7, unit: 'runs' })
  })

  test('names what is left over, what is gone and what is another one', async () => {
    const { report } = await tryFiles({
      '0002_a.up':
        'create table a (id integer); create table b (id integer); alter table base alter label set default $$y$$',
      '0002_a.down': 'drop table a; alter table base alter label set default $$z$$',
    })
    const [migration] = report.migrations
    expect(migration?.outcome).toBe('failed')
    const [after, again] = migration?.findings.map(({ detail }) => detail) ?? []
    expect(after).toContain('table public.b is left over')
    expect(after).toMatch(/public\.base\.label: default was 'x'::text and is 'z'::text/)
    expect(again).toContain('The way up again fails')
  })

  test('what the way down takes too much is not brought back by the way up', async () => {
    const { report } = await tryFiles({
      '0002_a.up': 'create table a (id integer)',
      '0002_a.down': 'drop table a; drop table base cascade',
    })
    expect(report.migrations).toMatchObject([{ outcome: 'differs' }])
    expect(report.migrations[0]?.findings[0]?.detail).toContain('table public.base is gone')
    // The way up again does not bring it back, either.
    expect(report.migrations[0]?.findings[1]?.detail).toContain('table public.base is gone')
  })

  test('a way that fails is told, and those behind it are not tried', async () => {
    const { report } = await tryFiles({
      '0002_a.up': 'create table a (id integer)',
      '0002_a.down': 'drop table a;\ndrop table nowhere',
      '0003_b.up': 'create table b (id integer);\nselect 1 / 0',
      '0003_b.down': 'drop table b',
      '0004_c.up': 'create table c (id integer)',
    })
    expect(report.migrations.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['0002_a', 'failed'],
      ['0003_b', 'failed'],
    ])
    expect(report.migrations[0]?.findings[0]?.detail).toContain('The way down fails: 0002_a')
    expect(report.migrations[1]?.findings[0]?.detail).toContain('The way up fails')
  })

  test('one without a way down is only tried upwards, and told', async () => {
    const { report } = await tryFiles({ '0002_a.up': 'create table a (id integer)' })
    expect(report.migrations).toMatchObject([{ outcome: 'none', findings: [{ severity: 'warning' }] }])
  })

  test('belongs to the files as they were: its own and those before it, both ways', async () => {
    const files = {
      '0001_a.up': 'create table a (id integer)',
      '0001_a.down': 'drop table a',
      '0002_b.up': 'create table b (id integer)',
      '0002_b.down': 'drop table b',
    }
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    /** The sums of a plan and of what is tried for it, which must be the same. */
    const sumsOf = async (changed: Record<string, string>): Promise<string[]> => {
      const { migrations } = migrationsOf(session, migrationsFolder({ ...files, ...changed }))
      const input = { direction: 'up', to: '0002' } as const
      const { migrations: planned } = await migrations.plan(input, noAbort())
      const tried = roundTripReport.parse((await ended(session, await migrations.roundTrip(input))).result)
      const [sums = [], again] = [planned, tried.migrations].map((of) => of.map(({ filesSum }) => filesSum))
      expect(again).toEqual(sums)
      return sums
    }
    const [a, b] = await sumsOf({})
    expect(await sumsOf({ '0003_c.up': 'select 1' })).toEqual([a, b])
    for (const changed of [
      { '0002_b.up': 'create table b (id bigint)' },
      { '0002_b.down': 'drop table if exists b' },
    ]) {
      const [sameA, otherB] = await sumsOf(changed)
      expect([sameA, otherB]).toEqual([a, expect.not.stringMatching(`^${b}$`)])
    }
    expect(await sumsOf({ '0001_a.down': 'drop table if exists a' })).toEqual([
      expect.not.stringMatching(`^${a}$`),
      expect.not.stringMatching(`^${b}$`),
    ])
  })

  test("the ERP's own migrations leave no difference", async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database, { readOnly: false })
    const { migrations } = migrationsOf(session, erpMigrationsFolder())
    const job = await ended(session, await migrations.roundTrip({ direction: 'up', to: null }))
    expect(job).toMatchObject({ status: 'done', error: null })
    const report = roundTripReport.parse(job.result)
    expect(
      report.migrations.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'ok'),
    ).toEqual([])
    expect(report.migrations.length).toBeGreaterThan(3)
  })
})
