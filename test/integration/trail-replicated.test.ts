import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkTrail } from '../../src/main/audit/trail/check.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { createTrail, type Trail } from '../support/trail.ts'

const waiting = { timeout: 20_000, interval: 50 }

describe('a recorded table that a subscription fills', () => {
  let server: TestServer
  let publisher: TestDatabase
  let trail: Trail
  beforeAll(async () => {
    server = await startServer({ settings: { wal_level: 'logical' } })
    publisher = await createDatabase({ on: server.address })
    trail = await createTrail(server.address)
    const source = await publisher.client()
    await source.query(`create table feed (id int primary key, name text);
                        insert into feed values (1, 'copied'), (2, 'copied');
                        create publication feed for table feed`)
    await source.query(`select pg_create_logical_replication_slot('feed', 'pgoutput')`)
    await trail.client.query(`create table feed (id int primary key, name text); select audit.track('feed')`)
    const { host, port, database, user, password } = publisher
    await trail.client.query(
      `create subscription feed connection 'host=${host} port=${port} dbname=${database} user=${user} password=${password} sslmode=require'
         publication feed with (create_slot = false, slot_name = 'feed')`,
    )
  })
  afterAll(() => server.stop())

  const events = async () =>
    (
      await trail.client.query<{ op: string; row_pk: string }>(
        `select op, row_pk from audit.event where table_name = 'feed' and op in ('INSERT', 'UPDATE', 'DELETE') order by id`,
      )
    ).rows.map(({ op, row_pk }) => `${op} ${row_pk}`)

  test('is recorded at its first copy only, which the self-check tells, with the rows that differ', async () => {
    await vi.waitFor(async () => expect(await events()).toEqual(['INSERT 1', 'INSERT 2']), waiting)
    const source = await publisher.client()
    await source.query(
      `insert into feed values (3, 'new'); update feed set name = 'changed' where id = 1; delete from feed where id = 2`,
    )
    await vi.waitFor(
      async () =>
        expect((await trail.client.query('select id, name from feed order by id')).rows).toEqual([
          { id: 1, name: 'changed' },
          { id: 3, name: 'new' },
        ]),
      waiting,
    )
    expect(await events()).toHaveLength(2)
    const dba = await createRole({ on: server.address, as: 'in role viruj_dba' })
    const checks = await checkTrail(await trail.database.client(dba))
    expect(checks.filter(({ problems }) => problems.length > 0)).toMatchObject([
      {
        id: 'subscriptions',
        severity: 'fault',
        problems: ['public.feed is filled by subscription feed: only its first copy is recorded'],
      },
      { id: 'rows', problems: { length: 3 } },
    ])
  })
})
