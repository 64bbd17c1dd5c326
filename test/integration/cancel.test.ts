import { sql } from 'kysely'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { noAbort, openTestSession } from '../support/session.ts'

/** States of the console's backends that run something with `marker` in it. */
const running = async (observer: pg.Client, marker: string) => {
  const { rows } = await observer.query<{ state: string }>(
    `select state from pg_stat_activity
     where application_name = 'viruj-console' and query like '%' || $1 || '%' and state = 'active'`,
    [marker],
  )
  return rows.length
}

const cpuBound = sql`select pg_catalog.count(*) as cpu_bound from pg_catalog.generate_series(1, 1000000) a
                     cross join pg_catalog.generate_series(1, 1000000) b`

describe('cancelling', () => {
  test.each([
    ['a backend that sleeps', 'pg_sleep', sql`select pg_catalog.pg_sleep(600)`],
    ['a backend that calculates', 'cpu_bound', cpuBound],
  ])('ends %s on the server, at once for the caller', async (_, marker, statement) => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const observer = await database.client()
    const controller = new AbortController()
    const answer = session.database.query(statement, { signal: controller.signal })
    await expect.poll(() => running(observer, marker)).toBe(1)
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => running(observer, marker), { timeout: 1000, interval: 10 }).toBe(0)
    expect(session.state().status).toBe('connected')
  })

  test('ends a statement that had hardly been sent', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const observer = await database.client()
    for (let turn = 0; turn < 60; turn++) {
      const controller = new AbortController()
      const answer = session.database.query(sql`select pg_catalog.pg_sleep(600)`, {
        signal: controller.signal,
      })
      for (let step = 0; step < turn % 6; step++) await new Promise((resolve) => setImmediate(resolve))
      controller.abort()
      await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    }
    await expect.poll(() => running(observer, 'pg_sleep'), { timeout: 5000 }).toBe(0)
  })

  test('does not wait for a network that has gone silent, and the session is reported lost', async () => {
    await using database = await createDatabase()
    await using proxy = await startProxy(database)
    await using session = await openTestSession({ ...database, port: proxy.port })
    const observer = await database.client()
    const controller = new AbortController()
    const answer = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: controller.signal })
    await expect.poll(() => running(observer, 'pg_sleep')).toBe(1)
    proxy.freeze()
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    // The caller was told before anybody could know that the server does not answer.
    expect(session.state().status).toBe('connected')
    await expect.poll(() => session.state().status, { timeout: 10_000 }).toBe('lost')
    expect(session.state().error).toMatchObject({ code: 'CONNECTION_LOST' })
    proxy.thaw()
    expect((await session.reconnect(noAbort())).status).toBe('connected')
  })

  test('never ends another statement, not even of the same backend or the same text', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const observer = await database.client()
    // Many short statements are aborted around their very end, while the same backends are given others.
    let completed = 0
    const stop = new AbortController()
    const victims = (async () => {
      while (!stop.signal.aborted) {
        await session.database.query(sql`select pg_catalog.pg_sleep(0.01)`, { signal: noAbort() })
        completed++
      }
    })()
    let aborted = 0
    for (let turn = 0; turn < 100; turn++) {
      // Leaves a connection idle: one that is being opened would be given up before anything runs on it.
      await session.database.query(sql`select 1`, { signal: noAbort() })
      const controller = new AbortController()
      const answer = session.database.query(sql`select pg_catalog.pg_sleep(0.01)`, {
        signal: controller.signal,
      })
      setTimeout(() => controller.abort(), turn % 16)
      await answer.catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'CANCELLED' })
        aborted++
      })
    }
    stop.abort()
    await victims
    expect(completed).toBeGreaterThan(20)
    expect(aborted).toBeGreaterThan(20)
    await expect.poll(() => running(observer, 'pg_sleep')).toBe(0)
  })

  test('a statement that waits for a connection costs nothing', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const controller = new AbortController()
    const { signal } = controller
    const answers = Array.from({ length: 30 }, () =>
      session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal }),
    )
    const outcome = Promise.allSettled(answers)
    await expect.poll(async () => running(await database.client(), 'pg_sleep')).toBe(6)
    controller.abort()
    expect((await outcome).every(({ status }) => status === 'rejected')).toBe(true)
    expect(await session.database.query(sql`select 1 as one`, { signal: noAbort() })).toEqual([{ one: 1 }])
  })
})

describe('the statement timeout', () => {
  test('is told from a cancellation by somebody else', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const observer = await database.client()
    const timedOut = session.database.query(sql`select pg_catalog.pg_sleep(600)`, {
      signal: noAbort(),
      timeout: 200,
    })
    await expect(timedOut).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT', sqlstate: '57014' })
    const cancelled = session.database.query(sql`select pg_catalog.pg_sleep(600)`, { signal: noAbort() })
    cancelled.catch(() => undefined)
    await expect.poll(() => running(observer, 'pg_sleep')).toBe(1)
    await observer.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and application_name = 'viruj-console'`,
    )
    await expect(cancelled).rejects.toMatchObject({
      code: 'CANCELLED',
      message: expect.stringMatching(/Somebody/),
    })
  })

  test('of a streamed result does not run while nobody reads', async () => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    const chunks = session.database.copyOut(
      sql`select pg_catalog.generate_series(1, 3000000), repeat('x', 100)`,
      { signal: noAbort(), timeout: 300 },
    )
    await chunks.next()
    // The time itself is what is promised not to matter.
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect((await chunks.next()).done).toBe(false)
    await chunks.return()
    const silent = session.database.copyOut(sql`select pg_catalog.pg_sleep(600)`, {
      signal: noAbort(),
      timeout: 300,
    })
    await expect(silent.next()).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT' })
  })
})
