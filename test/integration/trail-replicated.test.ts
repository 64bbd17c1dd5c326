import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkTrail } from '../../src/main/audit/trail/check.ts'
import { makeSeal } from '../../src/main/audit/trail/make-seal.ts'
import { migrate } from '../../src/main/sandbox/schema.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'

const waiting = { timeout: 20_000, interval: 50 }

describe('recorded tables that a subscription fills', () => {
  let server: TestServer
  let database: TestDatabase
  let source: pg.Client
  let target: pg.Client
  beforeAll(async () => {
    server = await startServer({ settings: { wal_level: 'logical', logical_decoding_work_mem: '64kB' } })
    const publisher = await createDatabase({ on: server.address })
    database = await createDatabase({ on: server.address })
    source = await publisher.client()
    await source.query(`create table feed (id int primary key, name text);
                        create table part (id int primary key, name text);
                        create table late (id int primary key, name text);
                        insert into feed values (1, 'copied'), (2, 'copied');
                        insert into part values (1, 'copied');
                        insert into late values (1, 'copied');
                        create publication feed for table feed, part`)
    await source.query(`select pg_create_logical_replication_slot('feed', 'pgoutput')`)
    target = await database.client()
    await migrate(target, '0019')
    await target.query(`set role viruj_app;
                        create table feed (id int primary key, name text);
                        create table part (id int primary key, name text) partition by range (id);
                        create table part_1 partition of part for values from (0) to (10);
                        create table late (id int primary key, name text);
                        select audit.track('feed', reason_required => true), audit.track('part');
                        reset role`)
    await migrate(target)
    const { host, port, user, password } = publisher
    await target.query(
      `alter role current_user in database ${database.database} set audit.reason = 'CR-9: fed by the plant'`,
    )
    await target.query(
      `create subscription plant connection 'host=${host} port=${port} dbname=${publisher.database} user=${user} password=${password} sslmode=require'
         publication feed with (create_slot = false, slot_name = 'feed', streaming = parallel)`,
    )
  })
  afterAll(() => server.stop())

  type Recorded = {
    op: string
    row_pk: string
    actor: string
    acting_role: string
    reason: string
    backend_pid: number
  }
  const events = async (table: string): Promise<Recorded[]> =>
    (
      await target.query<Recorded>(
        `select op, row_pk, old_row, new_row, actor, acting_role, reason, backend_pid from audit.event
          where table_name = $1 and op in ('INSERT', 'UPDATE', 'DELETE') order by id`,
        [table],
      )
    ).rows
  const inShort = async (table: string) => (await events(table)).map(({ op, row_pk }) => `${op} ${row_pk}`)
  const becomes = (table: string, expected: string[]) =>
    vi.waitFor(async () => expect(await inShort(table)).toEqual(expected), waiting)

  test('their first copy is recorded once, with the subscription as its actor, by triggers that the migration made', async () => {
    await becomes('feed', ['INSERT 1', 'INSERT 2'])
    await becomes('part', ['INSERT 1'])
    expect((await events('feed'))[0]).toMatchObject({
      new_row: { id: 1, name: 'copied' },
      actor: 'subscription plant',
      acting_role: server.address.superuser,
      reason: 'CR-9: fed by the plant',
    })
  })

  test('each row that is applied is recorded once, with its images', async () => {
    await source.query(`insert into feed values (3, 'new'); update feed set name = 'changed' where id = 1;
                        update feed set id = 4 where id = 3; delete from feed where id = 2`)
    await becomes('feed', ['INSERT 1', 'INSERT 2', 'INSERT 3', 'UPDATE 1', 'UPDATE 3', 'DELETE 2'])
    const images = { actor: 'subscription plant', reason: 'CR-9: fed by the plant' }
    expect((await events('feed')).slice(3)).toMatchObject([
      { old_row: { id: 1, name: 'copied' }, new_row: { name: 'changed' }, ...images },
      { old_row: { id: 3, name: 'new' }, new_row: { id: 4 }, ...images },
      { old_row: { id: 2, name: 'copied' }, new_row: null, ...images },
    ])
  })

  test('also in partitions, of before and of later, and from one into another', async () => {
    await target.query(
      'set role viruj_app; create table part_2 partition of part for values from (10) to (20); reset role',
    )
    await source.query(
      `insert into part values (11, 'new'); update part set id = 12 where id = 1; delete from part where id = 11`,
    )
    await vi.waitFor(
      async () => expect((await target.query('select id from part')).rows).toEqual([{ id: 12 }]),
      waiting,
    )
    // The server moves a row by a deletion and an insertion.
    expect(await inShort('part')).toEqual(['INSERT 1', 'INSERT 11', 'DELETE 1', 'INSERT 12', 'DELETE 11'])
  })

  test('also what a parallel worker applies while the transaction goes on', async () => {
    await source.query(`insert into feed select n, repeat('x', 100) from generate_series(1001, 3000) n`)
    await vi.waitFor(
      async () =>
        expect((await target.query('select count(*)::int as n from feed where id > 1000')).rows).toEqual([
          { n: 2000 },
        ]),
      waiting,
    )
    const large = (await events('feed')).filter(({ row_pk }) => Number(row_pk) > 1000)
    expect(new Set(large.map(({ row_pk }) => row_pk)).size).toBe(2000)
    expect(large).toHaveLength(2000)
    const { rows } = await target.query<{ pid: number }>(
      `select pid from pg_stat_subscription where subname = 'plant' and relid is null and leader_pid is null`,
    )
    expect(large.map(({ backend_pid }) => backend_pid)).not.toContain(rows[0]?.pid)
  })

  test('also a table that is recorded later, and changes of people beside it once', async () => {
    await target.query(`select audit.track('late')`)
    await source.query('alter publication feed add table late')
    await target.query('alter subscription plant refresh publication')
    await becomes('late', ['INSERT 1'])
    await source.query(`insert into late values (2, 'new')`)
    await becomes('late', ['INSERT 1', 'INSERT 2'])
    await target.query(`insert into late values (3, 'by hand');
                        set session_replication_role = replica; insert into late values (4, 'by hand'); reset session_replication_role`)
    expect((await events('late')).slice(2)).toMatchObject([
      { row_pk: '3', actor: server.address.superuser },
      { row_pk: '4', actor: server.address.superuser },
    ])
  })

  test('the self-check finds nothing, for rows are as the trail says', async () => {
    await makeSeal(target)
    const dba = await createRole({ on: server.address, as: 'in role viruj_dba' })
    const checks = await checkTrail(await database.client(dba))
    expect(checks.filter(({ problems }) => problems.length > 0)).toEqual([])
  })

  test('a table whose recording ended has no trigger left', async () => {
    await target.query(`select audit.untrack('late')`)
    expect(
      (await target.query(`select tgname from pg_trigger where tgrelid = 'late'::regclass`)).rows,
    ).toEqual([])
  })

  test('TRUNCATE is refused here as everywhere, and rows stay', async () => {
    const before = (await target.query('select id from feed order by id')).rows
    await source.query('truncate feed')
    await vi.waitFor(
      async () =>
        expect(
          (
            await target.query<{ failed: number }>(
              'select apply_error_count::int as failed from pg_stat_subscription_stats',
            )
          ).rows[0]?.failed,
        ).toBeGreaterThan(0),
      waiting,
    )
    expect((await target.query('select id from feed order by id')).rows).toEqual(before)
    await target.query('alter subscription plant disable')
  })
})
