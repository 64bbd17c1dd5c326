import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { readRows } from '../support/read-rows.ts'
import { noAbort } from '../support/session.ts'

let database: TestDatabase
let owner: pg.Client
let role: TestRole
let browser: Browser

beforeAll(async () => {
  database = await createDatabase()
  owner = await database.client()
  role = await createRole()
  browser = await openBrowser(database, role)
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await database.drop()
  await role.drop()
})

/** A table of three rows that the role may read by these privileges. */
const table = async (name: string, grant: string): Promise<string> => {
  await owner.query(`
    create table ${name} (id int primary key, shown text, hidden text);
    insert into ${name} values (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z');
    ${grant}`)
  return browser.oidOf(name)
}

const view = (relation: string) => ({ relation, columns: null, filters: [], sort: [] })

test('of a table with grants on some columns only these are shown and read', async () => {
  const relation = await table('some_columns', `grant select (id, shown) on some_columns to ${role.user}`)
  const { columns, key } = await browser.rows.describe({ relation }, noAbort())
  expect(columns.map(({ name }) => name)).toEqual(['id', 'shown'])
  expect(key).toEqual(['id'])
  expect((await browser.page(relation)).cells).toEqual([
    ['1', 'a', ''],
    ['2', 'b', ''],
    ['3', 'c', ''],
  ])
})

test('a key that may not be read is no key', async () => {
  const relation = await table('no_key', `grant select (shown) on no_key to ${role.user}`)
  expect((await browser.rows.describe({ relation }, noAbort())).key).toEqual([])
  expect(await browser.stream(relation)).toHaveLength(3)
})

test('a table that may not be read names the missing grant', async () => {
  const relation = await table('"No Grant"', '')
  const opening = browser.rows.describe({ relation }, noAbort())
  await expect(opening).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringContaining('"public"."No Grant"'),
    remedy: expect.stringContaining(`GRANT SELECT ON "public"."No Grant" TO "${role.user}"`),
  })
})

test('a schema that may not be used names the missing grant', async () => {
  await owner.query('create schema closed; create table closed.t (id int primary key)')
  await owner.query(`grant select on closed.t to ${role.user}`)
  const opening = browser.rows.describe({ relation: await browser.oidOf('closed.t') }, noAbort())
  await expect(opening).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    remedy: expect.stringContaining(`GRANT USAGE ON SCHEMA "closed" TO "${role.user}"`),
  })
})

test('a grant revoked while the table is open is said, for a page, a stream and a count', async () => {
  const relation = await table('revoked', `grant select on revoked to ${role.user}`)
  await browser.page(relation)
  await owner.query(`revoke select on revoked from ${role.user}`)
  const denied = { code: 'PERMISSION_DENIED', remedy: expect.stringContaining('GRANT SELECT') }
  await expect(browser.page(relation)).rejects.toMatchObject(denied)
  await owner.query(`grant select on revoked to ${role.user}`)
  await browser.page(relation)
  await owner.query(`revoke select on revoked from ${role.user}`)
  await expect(browser.stream(relation)).rejects.toMatchObject(denied)
  await expect(browser.rows.count({ relation, filters: [] }, noAbort())).rejects.toMatchObject(denied)
})

test('a table dropped while it is open is said by its name, for a page, a stream and a cell', async () => {
  const gone = { code: 'NOT_FOUND', message: expect.stringMatching(/"public"\."dropped\d" no longer exists/) }
  for (const [index, read] of [
    (relation: string) => browser.page(relation),
    (relation: string) => browser.stream(relation),
    (relation: string) =>
      browser.rows.cell({ relation, column: 'shown', key: [{ column: 'id', value: '1' }] }, noAbort()),
  ].entries()) {
    const relation = await table(`dropped${index}`, `grant select on dropped${index} to ${role.user}`)
    await browser.page(relation)
    await owner.query(`drop table dropped${index}`)
    await expect(read(relation)).rejects.toMatchObject(gone)
  }
})

test('a table renamed while it is open is read on, and a dropped column is said by the columns of the page', async () => {
  const relation = await table('before', `grant select on before to ${role.user}`)
  await browser.page(relation)
  await owner.query('alter table before rename to after; alter table after drop column hidden')
  const page = await browser.page(relation)
  expect(page.columns).toEqual(['id', 'shown'])
  expect(page.cells).toHaveLength(3)
  await expect(browser.page(relation, { columns: ['id', 'hidden'] })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('"hidden"'),
  })
})

test('what is no relation with rows is refused in words', async () => {
  await owner.query('create sequence numbers')
  const opening = browser.rows.describe({ relation: await browser.oidOf('numbers') }, noAbort())
  await expect(opening).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('numbers'),
  })
})

test('a policy of the server hides rows from pages, streams and counts alike', async () => {
  const relation = await table('guarded', `grant select on guarded to ${role.user}`)
  await owner.query(
    'alter table guarded enable row level security; create policy odd on guarded using (id % 2 = 1)',
  )
  expect((await browser.page(relation)).rows).toBe(2)
  expect(await browser.stream(relation)).toHaveLength(2)
  expect(await browser.rows.count({ relation, filters: [] }, noAbort())).toEqual({ count: '2' })
})

test('a stream that nobody wants any more leaves no statement behind', async () => {
  await owner.query(
    `create view endless as select n from generate_series(1, 100000000) as n; grant select on endless to ${role.user}`,
  )
  const relation = await browser.oidOf('endless')
  const { resultId } = await browser.rows.stream(view(relation), noAbort())
  await browser.session.results.pull(resultId, noAbort())
  await browser.session.results.close(resultId)
  await expect(readRows(browser.session.results, resultId)).rejects.toMatchObject({ code: 'RESULT_CLOSED' })
  await expect
    .poll(async () => {
      const { rows } = await owner.query(
        "select count(*)::int as running from pg_stat_activity where usename = $1 and state = 'active'",
        [role.user],
      )
      return rows[0].running
    })
    .toBe(0)
})
