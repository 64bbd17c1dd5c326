import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createDatabase, startServer } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const one = sql<{ one: number }>`select 1 as one`

describe('a server that goes away', () => {
  test.each([
    ['is shut down', 'fast'],
    ['is stopped at once', 'immediate'],
    ['is killed', 'kill'],
  ] as const)('and %s is noticed, though nothing runs; a reconnect works when it is back', async (_, how) => {
    await using server = await startServer()
    await using database = await createDatabase({ on: server.address })
    await using session = await openTestSession(database)
    await session.database.query(one, { signal: noAbort() })
    const lost = expect.poll(() => session.state().status, { timeout: 20_000 }).toBe('lost')
    await (how === 'kill' ? server.kill() : server.halt(how))
    // How soon is a figure of `npm run bench`: nothing here asks the server meanwhile.
    await lost
    expect(session.state()).toMatchObject({
      error: { code: 'CONNECTION_LOST' },
      server: { database: database.database },
    })
    expect(session.states).toHaveLength(1)
    await expect(session.database.query(one, { signal: noAbort() })).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
    await expect(session.reconnect(noAbort())).rejects.toMatchObject({
      code: expect.stringMatching(/CONNECTION/),
    })
    expect(session.state().status).toBe('lost')

    await server.start()
    expect(await session.reconnect(noAbort())).toMatchObject({ status: 'connected', error: null })
    expect(await session.database.query(one, { signal: noAbort() })).toEqual([{ one: 1 }])
  })

  test('ends a running statement and an unread result with a clear error', async () => {
    await using server = await startServer()
    await using database = await createDatabase({ on: server.address })
    await using session = await openTestSession(database)
    const sleeping = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: noAbort() })
    sleeping.catch(() => undefined)
    const chunks = session.database.copyOut(
      sql`select pg_catalog.generate_series(1, 100000000), repeat('x', 1000)`,
      { signal: noAbort() },
    )
    await chunks.next()
    await server.kill()
    await expect(sleeping).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    const readOn = async () => {
      for await (const _ of chunks);
    }
    await expect(readOn()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await server.start()
  })

  test('after a reconnect the facts are those of the server as it is now', async () => {
    await using server = await startServer()
    await using database = await createDatabase({ on: server.address })
    const owner = await database.client()
    await owner.query('create role acting; create table public.documents ()')
    await owner.end()
    await using session = await openTestSession(database, { role: 'acting' })
    expect(session.state().capabilities.documents).toBe(false)
    await server.restart()
    await expect.poll(() => session.state().status).toBe('lost')
    const again = await database.client()
    await again.query('grant select on public.documents to acting')
    const state = await session.reconnect(noAbort())
    expect(state.capabilities.documents).toBe(true)
  })
})

describe('a single connection that ends', () => {
  test('does not end the session', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const observer = await database.client()
    const sleeping = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: noAbort() })
    sleeping.catch(() => undefined)
    await expect
      .poll(async () => {
        const { rows } = await observer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where query like '%pg_sleep(600)%' and application_name = 'viruj-console' and state = 'active'`,
        )
        return rows.length
      })
      .toBe(1)
    await expect(sleeping).rejects.toMatchObject({ code: 'CONNECTION_LOST', sqlstate: '57P01' })
    expect(await session.database.query(one, { signal: noAbort() })).toEqual([{ one: 1 }])
    expect(session.state().status).toBe('connected')
  })
})

test('a server that ends idle sessions does not end this one', async () => {
  await using server = await startServer({ settings: { idle_session_timeout: '300ms' } })
  await using database = await createDatabase({ on: server.address })
  const backends = async () => {
    const observer = await database.client()
    const { rows } = await observer.query(
      `select pid from pg_stat_activity where application_name = 'viruj-console' and datname = current_database()`,
    )
    await observer.end()
    return rows.length
  }
  await using session = await openTestSession(database)
  // The idle connections of the pool are ended; the control connection stays.
  await expect.poll(backends).toBe(1)
  expect(await session.database.query(one, { signal: noAbort() })).toEqual([{ one: 1 }])
  expect(session.state().status).toBe('connected')
})

describe('closing a session', () => {
  test('ends what runs on the server, and what is asked afterwards fails', async () => {
    await using database = await createDatabase()
    const observer = await database.client()
    const backends = async () => {
      const { rows } = await observer.query(
        `select 1 from pg_stat_activity where application_name = 'viruj-console' and datname = current_database()`,
      )
      return rows.length
    }
    const session = await openTestSession(database)
    const outcome = Promise.allSettled(
      Array.from({ length: 9 }, () =>
        session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: noAbort() }),
      ),
    )
    await expect.poll(backends).toBe(7)
    await session.close('idle')
    for (const { status, reason } of (await outcome) as PromiseRejectedResult[]) {
      expect({ status, code: reason.code }).toEqual({ status: 'rejected', code: 'SESSION_CLOSED' })
    }
    await expect.poll(backends).toBe(0)
    expect(session.state()).toMatchObject({ status: 'closed', closedBecause: 'idle' })
    await expect(session.database.query(one, { signal: noAbort() })).rejects.toMatchObject({
      code: 'SESSION_CLOSED',
    })
    await expect(session.reconnect(noAbort())).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
  })

  test('does not wait for a network that has gone silent', async () => {
    await using database = await createDatabase()
    await using proxy = await startProxy(database)
    const session = await openTestSession({ ...database, port: proxy.port })
    proxy.freeze()
    // Nothing comes through any more: whoever waited for the server would wait for ever.
    await session.close('sleep')
    expect(session.state()).toMatchObject({ status: 'closed', closedBecause: 'sleep' })
  })
})
