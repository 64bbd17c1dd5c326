import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startPooler } from '../support/pooler.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const plain = { tlsMode: 'disable' } as const
/** How many statements sleep on the server now. */
const countSleeping = async (database: TestDatabase) => {
  const observer = await database.client()
  return async (): Promise<number> => {
    const { rows } = await observer.query<{ count: string }>(
      `select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and state = 'active' and pid <> pg_backend_pid()`,
    )
    return Number(rows[0]?.count)
  }
}

const options = () => ({ signal: noAbort() })

test('a session says whether a pooler stands in between', async () => {
  await using database = await createDatabase()
  await using pooler = await startPooler(database)
  await using direct = await openTestSession(database)
  await using pooled = await openTestSession({ ...database, port: pooler.port }, plain)
  expect(direct.state().server.isPooled).toBe(false)
  expect(pooled.state().server).toMatchObject({ isPooled: true, readOnly: true, database: database.database })
})

test('through a pooler every read is still in a read-only transaction, and no setting is left to others', async () => {
  await using database = await createDatabase()
  const owner = await database.client()
  await owner.query(`alter database "${database.database}" set idle_session_timeout = '7s'`)
  await using pooler = await startPooler(database)
  await using session = await openTestSession({ ...database, port: pooler.port }, plain)
  const seen = await Promise.all(
    Array.from({ length: 12 }, () =>
      session.database.query(
        sql<{ readOnly: string; idle: string }>`
          select current_setting('transaction_read_only') as "readOnly", current_setting('idle_session_timeout') as idle`,
        options(),
      ),
    ),
  )
  expect(new Set(seen.flat().map(({ readOnly, idle }) => `${readOnly} ${idle}`))).toEqual(new Set(['on 7s']))
})

test('through a pooler a statement is cancelled on the server, also one that had hardly been sent', async () => {
  await using database = await createDatabase()
  await using pooler = await startPooler(database)
  await using session = await openTestSession({ ...database, port: pooler.port }, plain)
  const running = await countSleeping(database)
  for (let turn = 0; turn < 30; turn++) {
    const controller = new AbortController()
    const answer = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: controller.signal })
    if (turn === 0) await expect.poll(running).toBe(1)
    for (let step = 0; step < turn % 6; step++) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  }
  await expect.poll(running, { timeout: 5000 }).toBe(0)
  expect(session.state().status).toBe('connected')
})

test('through a pooler a statement that reaches the server after its cancelling was asked for is cancelled there', async () => {
  await using database = await createDatabase()
  await using pooler = await startPooler(database)
  await using proxy = await startProxy({ host: '127.0.0.1', port: pooler.port })
  await using session = await openTestSession({ ...database, port: proxy.port }, plain)
  const running = await countSleeping(database)
  const controller = new AbortController()
  const statement = proxy.hold('pg_sleep(600)')
  const answer = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: controller.signal })
  answer.catch(() => undefined)
  await expect.poll(() => statement.held).toBe(true)
  const first = proxy.hold('pg_cancel_backend')
  controller.abort()
  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect.poll(() => first.held).toBe(true)
  const second = proxy.hold('pg_cancel_backend')
  first.release()
  // The first question has found nothing: the statement was on its way.
  await expect.poll(() => second.held).toBe(true)
  statement.release()
  await expect.poll(running).toBe(1)
  second.release()
  await expect.poll(running).toBe(0)
  expect(session.state().status).toBe('connected')
})
