import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActions } from '../../src/main/operations/actions/actions.ts'
import { explainRefusal } from '../../src/main/operations/actions/statement-text.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { StatementRef } from '../../src/shared/operations-actions.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestRole,
  type TestServer,
} from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

const reason = 'CR-20: after the release'

let server: TestServer
let database: TestDatabase
let owner: pg.Client
let session: TestSession
let role: TestRole

beforeAll(async () => {
  server = await startServer()
  database = await createDatabase({ on: server.address })
  owner = await database.client()
  await applySchema(owner)
  role = await createRole({ on: server.address, as: 'in role pg_read_all_stats, viruj_dba' })
  await owner.query(`
    create table planned (n int primary key, what text);
    insert into planned select n, 'row ' || n from generate_series(1, 10000) n;
    analyze planned;
    grant select on planned to "${role.user}";
    create function note(n int) returns int language sql volatile as 'insert into public.planned values ($1) returning n'`)
  session = await openTestSession(database)
})

afterAll(async () => {
  await session?.close('user')
  await server?.stop()
})

/** The statement as the server keeps it. */
const refOf = async (like: string, user = database.user): Promise<StatementRef> => {
  const { rows } = await owner.query<{ queryId: string }>(
    `select queryid::text as "queryId" from ops.pg_stat_statements(true) as s join pg_roles as r on r.oid = s.userid
      where query ilike $1 and rolname = $2`,
    [like, user],
  )
  return { queryId: rows[0]?.queryId ?? '0', user, database: database.database }
}

const explain = (ref: StatementRef, by = session) => createActions(by).explain(ref, noAbort())
const rowCount = async () => (await owner.query('select count(*)::int as n from planned')).rows[0].n

test('a statement with values is planned for any values, in text and JSON', async () => {
  await owner.query('select what from planned where n = 17')
  const plan = await explain(await refOf('select what from planned where n = $1'))
  expect(plan.text).toMatch(/^Index Scan using planned_pkey on planned.*\n.*Index Cond: \(n = \$1\)/)
  expect(plan.json).toMatchObject([{ Plan: { 'Node Type': 'Index Scan' } }])
  expect(plan.plannedAs).toBe(database.user)
})

test('explaining changes nothing, neither by a statement that writes nor by a function that planning calls', async () => {
  await owner.query(`insert into planned values (-1, 'x')`)
  await owner.query('delete from planned where n = -1')
  await owner.query('select note(-2)')
  const before = await rowCount()
  expect((await explain(await refOf('insert into planned values ($1, $2)'))).text).toContain(
    'Insert on planned',
  )
  expect((await explain(await refOf('delete from planned where n = $1'))).text).toContain('Delete on planned')
  expect((await explain(await refOf('select note($1)'))).text).toContain('Result')

  await owner.query(`
    create function sly() returns int language plpgsql immutable as
      $$ begin return public.note(-3); end $$`)
  await owner.query('select sly() + n from planned limit 1')
  await owner.query('delete from planned where n = -3')
  await expect(explain(await refOf('select sly() + n%'))).rejects.toMatchObject({ code: 'READ_ONLY' })
  expect(await rowCount()).toBe(before)
})

test('it is planned with the rights of who ran it, where that can be', async () => {
  await owner.query(`
    alter table planned enable row level security;
    create policy own on planned for select to "${role.user}" using (what = current_user)`)
  const other = await database.client(role)
  await other.query('select count(*) from planned where n > 3')
  const ref = await refOf('select count(*) from planned where n > $1', role.user)
  const plan = await explain(ref)
  expect(plan.plannedAs).toBe(role.user)
  expect(plan.text).toContain('CURRENT_USER')
})

test('what is only run, no whole statement, of elsewhere, or on an older server is not explained, and why', async () => {
  await owner.query('create table planned_not (n int)')
  const utility = await refOf('create table planned_not%')
  expect(await createActions(session).statement(utility, noAbort())).toMatchObject({
    text: 'create table planned_not (n int)',
    refusal: { code: 'INVALID_SQL' },
  })
  await expect(explain(utility)).rejects.toMatchObject({
    message: expect.stringContaining('plans no such statement'),
  })
  const here = { major: 16, database: database.database }
  const refusal = async (text: string, on = here) => (await explainRefusal(text, utility, on))?.message
  expect(await refusal('select $1')).toBeUndefined()
  expect(await refusal('select 1; drop table planned')).toContain('plans no such statement')
  expect(await refusal('commit; drop table planned')).toContain('plans no such statement')
  expect(await refusal('select from where')).toContain('not a whole statement')
  expect(await refusal('select $1', { ...here, database: 'elsewhere' })).toContain('elsewhere')
  expect(await refusal('select $1', { ...here, major: 15 })).toContain('not possible before PostgreSQL 16')
  await owner.query(`select date '2026-11-26'`)
  await expect(explain(await refOf('select date $1'))).rejects.toMatchObject({
    code: 'INVALID_SQL',
    remedy: expect.stringContaining('by hand'),
  })
  await expect(explain({ ...utility, queryId: '1' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a text is shown without the passwords in it', async () => {
  await owner.query(`alter role "${role.user}" password 'hush-hush'`)
  const ref = await refOf(`alter role "${role.user}" password%`)
  const { text } = await createActions(session).statement(ref, noAbort())
  expect(text).toBe(`alter role "${role.user}" password '…'`)
})

test('figures begin anew for a reason, of one statement or of all', async () => {
  const calls = async (text: string): Promise<number | undefined> =>
    (await owner.query('select calls::int from ops.pg_stat_statements(true) where query = $1', [text]))
      .rows[0]?.calls
  await using writes = await openTestSession(database, { readOnly: false })
  const reset = (only: StatementRef | null, by: TestSession) =>
    createActions(by).resetStatements({ only, reason }, noAbort())
  await owner.query('select 1 as one')
  await owner.query('select 2 as two, 2')
  const one = await refOf('select $1 as one')

  await expect(reset(one, session)).rejects.toMatchObject({ code: 'READ_ONLY' })
  await using mayNot = await openTestSession(
    { ...database, ...role, password: 'hush-hush' },
    { readOnly: false },
  )
  await expect(reset(null, mayNot)).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    remedy: expect.stringMatching(/GRANT EXECUTE ON FUNCTION ops\.pg_stat_statements_reset\(.*\) TO "/),
  })
  await expect(reset({ ...one, user: 'nobody' }, writes)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await calls('select $1 as one')).toBe(1)

  await reset(one, writes)
  expect([await calls('select $1 as one'), await calls('select $1 as two, $2')]).toEqual([undefined, 1])
  await reset(null, writes)
  expect(await calls('select $1 as two, $2')).toBeUndefined()
  const { rows } = await owner.query(
    `select new_row->'only' as only, reason from audit.event where op = 'ACCESS' order by id`,
  )
  expect(rows).toEqual([
    { only: one, reason },
    { only: null, reason },
  ])
})
