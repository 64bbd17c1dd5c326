import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createActions } from '../../src/main/operations/actions/actions.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { JobProgress, JobState } from '../../src/shared/jobs.ts'
import { type MaintenanceKind, maintenanceResult } from '../../src/shared/operations-actions.ts'
import { createDatabase, createRole, isHere, startServer, type TestDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

const reason = 'CR-12: after the purge'

const deadRows = async (client: pg.Client, table: string): Promise<number> =>
  (await client.query('select n_dead_tup::int as dead from pg_stat_user_tables where relname = $1', [table]))
    .rows[0]?.dead

/** A table three fifths of whose rows are dead, as the statistics know by then. Who vacuums it takes a while. */
const makeDying = async (client: pg.Client, database: string): Promise<void> => {
  await client.query(`
    create table dying (n int primary key, what text) with (autovacuum_enabled = false);
    insert into dying select n, repeat('x', 100) from generate_series(1, 20000) n;
    alter database "${database}" set vacuum_cost_delay = 50;
    alter database "${database}" set vacuum_cost_limit = 60`)
  await client.query('delete from dying where n % 5 < 3')
  await vi.waitFor(async () => expect(await deadRows(client, 'dying')).toBe(12_000), 10_000)
}

/** Waits for the end of a job, and collects what it said of how far it was. */
const watch = async (
  session: TestSession,
  { id }: JobState,
): Promise<{ state: JobState; seen: JobProgress[] }> => {
  const seen: JobProgress[] = []
  const look = async () => {
    const { status, progress } = await session.jobs.get({ jobId: id })
    if (progress !== null) seen.push({ ...progress })
    return status
  }
  await expect.poll(look, { timeout: 30_000, interval: 20 }).not.toBe('running')
  return { state: await session.jobs.get({ jobId: id }), seen }
}

const starting = (session: TestSession) => {
  const actions = createActions(session)
  return (relation: string, what: MaintenanceKind = 'vacuum') =>
    actions.maintain({ relation, what, reason }, noAbort())
}

describe('maintenance', () => {
  let database: TestDatabase
  let owner: pg.Client
  let session: TestSession
  let begin: ReturnType<typeof starting>
  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    await makeDying(owner, database.database)
    session = await openTestSession(database, { readOnly: false })
    begin = starting(session)
  })
  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    await database.drop()
  })

  const progressOf = async ({ id }: JobState) => (await session.jobs.get({ jobId: id })).progress?.what

  test('a VACUUM shows how far it is, takes the dead rows away, says so, and leaves an event with the reason', async () => {
    const { state, seen } = await watch(session, await begin('public.dying'))
    expect(state).toMatchObject({ kind: 'maintain', title: 'VACUUM public.dying', status: 'done' })
    const pages = seen.filter(({ unit, what }) => unit === 'pages' && what.includes('heap of public.dying'))
    expect(pages.map(({ total }) => total)).toContainEqual(expect.toSatisfy((total: number) => total > 100))
    expect(pages.some(({ done, total }) => done > 0 && done < (total ?? 0))).toBe(true)
    const result = maintenanceResult.parse(state.result)
    expect(result).toMatchObject({
      before: { deadRows: 12_000 },
      after: { deadRows: 0 },
      warnings: [],
      recording: { isRecorded: true },
    })
    const { rows } = await owner.query('select op, new_row, reason from audit.event order by id desc limit 1')
    expect(rows).toEqual([
      { op: 'ACCESS', new_row: { what: 'maintenance', how: 'vacuum', relation: 'public.dying' }, reason },
    ])
  })

  test('what an older transaction may still see is said to be left', async () => {
    const reader = await database.client()
    await reader.query('begin isolation level repeatable read; select 1 from dying limit 1')
    await owner.query(
      `create table seen as select n from generate_series(1, 50) n; delete from seen where n > 10`,
    )
    const { state } = await watch(session, await begin('public.seen', 'vacuum-analyze'))
    await reader.end()
    expect(maintenanceResult.parse(state.result)).toMatchObject({
      after: { deadRows: 40 },
      notes: expect.arrayContaining([expect.stringContaining('older transaction')]),
    })
  })

  test('an index is built anew beside its readers, and what a build that failed left behind is named', async () => {
    await owner.query(`
      create table "Built" (n int);
      create function half(n int) returns int language plpgsql immutable as 'begin return n / 2; end';
      insert into "Built" select n from generate_series(1, 500) n;
      create index "Built half" on "Built" (public.half(n))`)
    const fileOf = async () =>
      (await owner.query(`select pg_relation_filenode('"Built half"') as file`)).rows[0].file
    const file = await fileOf()
    const { state } = await watch(session, await begin('public."Built half"', 'reindex-concurrently'))
    expect(state).toMatchObject({ status: 'done', title: 'REINDEX INDEX CONCURRENTLY public."Built half"' })
    expect(await fileOf()).not.toBe(file)

    await owner.query(
      `create or replace function half(n int) returns int language plpgsql immutable as 'begin return n / 0; end'`,
    )
    const failed = await watch(session, await begin('public."Built"', 'reindex-concurrently'))
    expect(failed.state).toMatchObject({
      status: 'failed',
      error: {
        message: expect.stringContaining('public."Built half_ccnew"'),
        remedy: 'DROP INDEX CONCURRENTLY public."Built half_ccnew";',
      },
    })
    await owner.query(failed.state.error?.remedy ?? '')
    expect((await owner.query('select from pg_index where not indisvalid')).rowCount).toBe(0)
  })

  test('one runs at a time; who waits says for whom, and both can be cancelled', async () => {
    await owner.query('create table small as select 1 as n')
    const holder = await database.client()
    await holder.query('begin; lock table dying in share update exclusive mode')
    const {
      rows: [{ pid }],
    } = await holder.query('select pg_backend_pid() as pid')
    const first = await begin('public.dying', 'vacuum')
    const second = await begin('public.dying', 'analyze')
    const third = await begin('public.small', 'analyze')
    await expect.poll(() => progressOf(first)).toBe(`Waits for a lock of backend ${pid}`)
    expect(await progressOf(second)).toBe('Waits for VACUUM public.dying')

    await session.jobs.cancel({ jobId: second.id })
    expect((await watch(session, second)).state).toMatchObject({
      status: 'cancelled',
      error: { code: 'CANCELLED' },
    })
    expect((await session.jobs.get({ jobId: third.id })).status).toBe('running')
    await session.jobs.cancel({ jobId: first.id })
    expect((await watch(session, first)).state.status).toBe('cancelled')
    expect(
      (
        await owner.query(`select from pg_stat_activity where query like '%VACUUM "public"%' and state = 'active'
                                and pid <> pg_backend_pid()`)
      ).rowCount,
    ).toBe(0)
    expect((await watch(session, third)).state.status).toBe('done')
    await holder.end()
    // Nothing is recorded of what never began.
    const { rows } = await owner.query(
      `select new_row->>'how' as how from audit.event order by id desc limit 2`,
    )
    expect(rows).toEqual([{ how: 'analyze' }, { how: 'vacuum' }])
  })

  test('a session that only reads maintains nothing, and only what can be is', async () => {
    await using reads = await openTestSession(database)
    await expect(starting(reads)('public.dying')).rejects.toMatchObject({
      code: 'READ_ONLY',
    })
    await expect(begin('public.nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(begin('public.dying_pkey')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(begin('dying; drop table dying')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

test.each([14, 18] as const)(
  'what PostgreSQL %i skips with no more than a warning is not done',
  async (version) => {
    if (!isHere(version)) return
    await using server = await startServer({ version })
    // First, since it goes last: what it may do in the database would keep it.
    await using role = await createRole({ on: server.address, as: 'in role pg_read_all_stats' })
    await using database = await createDatabase({ on: server.address })
    const owner = await database.client()
    await makeDying(owner, database.database)
    await using session = await openTestSession({ ...database, ...role }, { readOnly: false })
    const begin = starting(session)
    for (const what of ['vacuum', 'vacuum-analyze', 'analyze'] as const) {
      const { state } = await watch(session, await begin('public.dying', what))
      expect(state).toMatchObject({
        status: 'failed',
        error: {
          code: 'PERMISSION_DENIED',
          message: expect.stringContaining('Not done: '),
          remedy: expect.stringContaining(
            version === 18 ? `GRANT MAINTAIN ON public.dying TO "${role.user}";` : 'Only the owner',
          ),
        },
      })
    }
    const { rows } = await owner.query(`select n_dead_tup::int as dead from pg_stat_user_tables`)
    expect(rows).toEqual([{ dead: 12_000 }])
    if (version === 18) await owner.query(`grant maintain on dying to "${role.user}"`)
    await using able = version === 18 ? session : await openTestSession(database, { readOnly: false })
    const { state, seen } = await watch(able, await starting(able)('public.dying'))
    expect(maintenanceResult.parse(state.result)).toMatchObject({
      after: { deadRows: 0 },
      recording: { isRecorded: false },
    })
    expect(seen.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(version === 18 ? /of 64 MB for dead rows/ : /dead rows so far/),
    )
  },
)
