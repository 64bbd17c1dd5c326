import { expect, test } from 'vitest'
import { prober } from '../support/operations.ts'
import { createDatabase, createRole } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

test('a table with 60 % dead rows is named, and well again after the VACUUM that is offered', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const client = await database.client()
  await client.query('create table orders (id int) with (autovacuum_enabled = false)')
  await client.query('insert into orders select generate_series(1, 50000)')
  await client.query('delete from orders where id % 5 < 3')
  // A session that ends tells the server its counters at once.
  await client.end()
  const probe = prober(session)
  const dead = async () => (await probe('vacuum')).findings.find(({ text }) => text.includes('dead rows'))
  await expect.poll(async () => (await dead())?.text).toBe('60 % of public.orders are dead rows.')
  expect((await probe('vacuum')).rows[0]).toMatchObject({
    table: 'public.orders',
    dead: 30_000,
    mayMaintain: true,
  })

  await (await database.client()).query((await dead())?.remedies[0]?.sql ?? '')
  await expect.poll(dead).toBeUndefined()
})

test('room that holds no row is estimated', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const client = await database.client()
  await client.query(`create table notes (id int, note text) with (autovacuum_enabled = false)`)
  await client.query(`insert into notes select n, repeat('x', 100) from generate_series(1, 20000) n`)
  await client.query('analyze notes')
  const bloat = async () => {
    const report = await prober(session)('bloat', { 'bloat.bytesFrom': 100_000 })
    return { ...report, row: report.rows.find(({ table }) => table === 'public.notes') }
  }
  // A table without holes has none, within a few per cent.
  expect(Number((await bloat()).row?.wastedPercent ?? 0)).toBeLessThan(5)
  await client.query('delete from notes where id % 4 > 0')
  await client.query('vacuum (analyze, truncate false) notes')
  const { row, findings } = await bloat()
  expect(Math.abs(Number(row?.wastedPercent) - 75)).toBeLessThan(5)
  expect(findings[0]?.remedies[0]?.sql).toBe(`SELECT * FROM pgstattuple_approx('public.notes');`)
  await client.query('create extension pgstattuple')
  const { rows } = await client.query(findings[0]?.remedies[0]?.sql ?? '')
  expect(Math.abs(rows[0].approx_free_percent - Number(row?.wastedPercent))).toBeLessThan(8)
})

test('room in B-trees that holds no entry is estimated, also of nulls and expressions, and is gone once they are built anew', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const client = await database.client()
  await client.query(`
    create extension pgstattuple;
    create table notes (id int, note text, seldom int) with (autovacuum_enabled = false);
    insert into notes select n, 'note ' || n, case when n % 3 > 0 then n end from generate_series(1, 60000) n;
    create index by_id on notes (id);
    create index by_note on notes (upper(note), seldom);
    analyze notes`)
  const look = async () => {
    const report = await prober(session)('index-bloat', { 'index-bloat.bytesFrom': 100_000 })
    const percent = (index: string) =>
      Number(report.rows.find((row) => row.index === `public.${index}`)?.wastedPercent ?? 0)
    return { ...report, id: percent('by_id'), note: percent('by_note') }
  }
  const dense = await look()
  expect(Math.max(dense.id, dense.note)).toBeLessThan(5)
  await client.query('delete from notes where id % 5 > 0')
  await client.query('vacuum (analyze, truncate false) notes')
  const { id, note, rows, findings } = await look()
  for (const percent of [id, note]) expect(Math.abs(percent - 80)).toBeLessThan(5)
  expect(rows[0]).toMatchObject({ table: 'public.notes', mayMaintain: true })
  for (const { remedies } of findings) {
    const [measure, build] = remedies.map(({ sql }) => sql ?? '')
    const { rows: measured } = await client.query(measure ?? '')
    // Full leaves are nine tenths full.
    expect(Math.abs(measured[0].avg_leaf_density - 90 * 0.2)).toBeLessThan(4)
    await client.query(build ?? '')
  }
  expect(findings).toHaveLength(2)
  expect((await look()).findings).toEqual([])
})

test('names that need quotes come ready to be run', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  await using stranger = await createRole()
  const client = await database.client()
  await client.query(
    `create schema "My ""Plant"; create table "My ""Plant"."Order's" (id smallint primary key, "to" smallint)`,
  )
  await client.query(`create sequence "My ""Plant"."S'q" as smallint owned by "My ""Plant"."Order's".id`)
  await client.query(`select setval('"My ""Plant"."S''q"', 32000)`)
  await client.query(
    `alter table "My ""Plant"."Order's" add foreign key ("to") references "My ""Plant"."Order's"`,
  )
  await client.query(`alter table "My ""Plant"."Order's" set (autovacuum_enabled = false)`)
  await client.query(
    `create function "My ""Plant"."f'n"("a b" int) returns void language sql security definer as 'select'`,
  )
  await client.query(`grant select on "My ""Plant"."Order's" to public`)
  const probe = prober(session)
  const run = async (id: string, thresholds = {}) => {
    const { findings } = await probe(id, thresholds)
    const statements = findings.flatMap(({ remedies }) =>
      remedies.flatMap(({ sql }) => (sql === null ? [] : [sql])),
    )
    for (const statement of statements) await client.query(statement)
    return statements.length
  }
  expect(await run('vacuum')).toBe(1)
  expect(await run('public-grants')).toBe(1)
  expect(await run('definers')).toBe(1)
  await client.query('analyze')
  expect(await run('indexes', { 'indexes.missingFrom': 0 })).toBe(1)
  for (const id of ['vacuum', 'public-grants', 'definers']) expect([id, await run(id)]).toEqual([id, 0])
  expect(await run('indexes', { 'indexes.missingFrom': 0 })).toBe(0)
  expect((await probe('sequences')).rows[0]).toMatchObject({
    sequence: `"My ""Plant"."S'q"`,
    column: `"My ""Plant"."Order's".id`,
    limit: '32767',
  })
  // Who may not see the numbers is told so.
  await client.query(`grant usage on schema "My ""Plant" to "${stranger.user}"`)
  await using other = await openTestSession({ ...database, ...stranger })
  const hidden = await prober(other)('sequences')
  expect(hidden).toMatchObject({ verdict: 'not-checked', rows: [{ usedPercent: null }] })
  for (const { sql } of hidden.findings[0]?.remedies ?? []) await client.query(sql ?? '')
  expect((await prober(other)('sequences')).rows[0]).toMatchObject({ last: '32000' })
  await client.end()
  await session.close('user')
  await other.close('user')
  await database.drop()
})
