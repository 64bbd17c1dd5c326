import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { SessionHost } from '../../src/main/api/session-host.ts'
import { closeUnlessBusy, createSessions } from '../../src/main/api/sessions.ts'
import { createKeychain } from '../../src/main/session/keychain.ts'
import { createProfiles } from '../../src/main/session/profiles.ts'
import { migrationsFolder } from '../support/migrations.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort, profileOf } from '../support/session.ts'

const hosts: SessionHost[] = []
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close('user'))))

const openHost = async (database: TestDatabase, heapLimit?: number) => {
  const host = await SessionHost.open({
    sessionId: 'worker-test',
    profile: profileOf(database),
    password: database.password,
    home: inject('runFolder'),
    signal: noAbort(),
    ...(heapLimit === undefined ? {} : { heapLimit }),
  })
  hosts.push(host)
  return host
}

/** The thread that the next session is opened in. */
const nextThread = (): Promise<Worker> => new Promise((resolve) => void process.once('worker', resolve))

describe('a session in its worker', () => {
  test('answers, and passes errors on in the words of the console', async () => {
    await using database = await createDatabase()
    const host = await openHost(database)
    expect(host.state).toMatchObject({ status: 'connected', server: { database: database.database } })
    const schemas = await host.services.catalog.schemas(null, noAbort())
    expect(schemas.map(({ name }) => name)).toContain('public')
    await expect(
      host.services.catalog.detail({ kind: 'table', oid: '4000000000' }, noAbort()),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('that runs out of memory is lost by itself: another one goes on', async () => {
    await using database = await createDatabase()
    const owner = await database.client()
    const columns = Array.from({ length: 100 }, (_, n) => `c${n}`)
    await owner.query(`
      create table public.wide (id int primary key, ${columns.map((name) => `${name} text`).join(', ')});
      insert into public.wide
      select n, ${columns.map(() => `repeat('x', 1000)`).join(', ')} from generate_series(1, 1000) as n`)
    const { rows } = await owner.query(`select 'public.wide'::regclass::oid::text as oid`)
    const page = {
      relation: String(rows[0].oid),
      columns: null,
      filters: [],
      sort: [],
      from: null,
      backward: false,
      limit: 1000,
    }
    const [doomed, other] = [await openHost(database, 64), await openHost(database)]
    await expect(doomed.services.rows.page(page, noAbort())).rejects.toMatchObject({
      code: 'SESSION_LOST',
      message: expect.stringContaining('ran out of memory'),
    })
    expect(doomed.state).toMatchObject({ status: 'lost', error: { code: 'SESSION_LOST' } })
    await expect(doomed.services.catalog.schemas(null, noAbort())).rejects.toMatchObject({
      code: 'SESSION_LOST',
    })
    expect(await other.services.catalog.schemas(null, noAbort())).not.toEqual([])
    expect(other.state.status).toBe('connected')
  })

  test('whose thread ends without a word is lost, with the calls that wait for it', async () => {
    await using database = await createDatabase()
    const client = await database.client()
    await client.query('create table locked (id int primary key)')
    const { rows } = await client.query(`select 'locked'::regclass::oid::text as oid`)
    const thread = nextThread()
    const host = await openHost(database)
    await client.query('begin; lock table locked')
    const view = { relation: String(rows[0].oid), columns: null, filters: [], sort: [] }
    const waiting = host.services.rows.page({ ...view, from: null, backward: false, limit: 1 }, noAbort())
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'SESSION_LOST' })
    await (await thread).terminate()
    await outcome
    expect(host.state).toMatchObject({ status: 'lost', error: { code: 'SESSION_LOST' } })
  })

  test('whose thread ends before it is open fails to open', async () => {
    await using database = await createDatabase()
    const thread = nextThread()
    const opening = expect(openHost(database)).rejects.toMatchObject({ code: 'SESSION_LOST' })
    await (await thread).terminate()
    await opening
  })

  test('gives up connecting when the person does, and leaves no thread', async () => {
    await using database = await createDatabase()
    const controller = new AbortController()
    const thread = nextThread()
    const opening = SessionHost.open({
      sessionId: 'x',
      profile: profileOf(database),
      password: database.password,
      home: inject('runFolder'),
      signal: controller.signal,
    })
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
    // What Node says of a thread that is gone.
    expect((await thread).threadId).toBe(-1)
  })

  test('is not closed for being idle while a migration runs, though nobody asks for it any more', async () => {
    await using database = await createDatabase()
    const client = await database.client()
    await client.query('create table busy ()')
    await client.query('begin; lock table busy')
    const migrations = migrationsFolder({ '0001_a.up': 'alter table busy add id int;' })
    const host = await SessionHost.open({
      sessionId: 'migrates',
      profile: profileOf(database, { readOnly: false, migrationsFolder: migrations }),
      password: database.password,
      home: inject('runFolder'),
      signal: noAbort(),
    })
    const input = { direction: 'up' as const, to: null }
    const plan = await host.services.migrations.plan(input, noAbort())
    await host.services.migrations.run(
      {
        ...input,
        reason: 'a test',
        confirmed: [],
        checksums: plan.migrations.map(({ checksum }) => checksum),
        lockTimeout: 60_000,
        lockRetries: 0,
        unclear: null,
      },
      noAbort(),
    )
    await closeUnlessBusy(host)
    expect(host.state.status).toBe('connected')
    await client.query('rollback')
    const columns = async () =>
      (
        await client.query(
          `select attname from pg_attribute where attrelid = 'busy'::regclass and attnum > 0`,
        )
      ).rows
    await expect.poll(columns, { timeout: 20_000 }).toEqual([{ attname: 'id' }])
    const status = async () => (await host.services.jobs.list(null, noAbort()))[0]?.status
    await expect.poll(status, { timeout: 20_000 }).toBe('done')
    await closeUnlessBusy(host)
    expect(host.state).toMatchObject({ status: 'closed', closedBecause: 'idle' })
  })

  test('is brought back by a reconnect after it was closed while idle', async () => {
    await using database = await createDatabase()
    const profiles = createProfiles({
      home: inject('runFolder'),
      environment: { DATABASE_URL: database.url },
      keychain: createKeychain(),
      extra: [],
    })
    const sessions = createSessions(profiles, { home: inject('runFolder') })
    try {
      const { sessionId } = await sessions.open({ profileId: 'environment', password: null }, noAbort())
      await sessions.get(sessionId).close('sleep')
      expect(sessions.list()).toMatchObject([{ sessionId, status: 'closed', closedBecause: 'sleep' }])
      expect(await sessions.reconnect(sessionId, noAbort())).toMatchObject({
        sessionId,
        status: 'connected',
        closedBecause: null,
      })
      const { services } = sessions.get(sessionId)
      expect(await services.catalog.schemas(null, noAbort())).not.toEqual([])
      await sessions.close(sessionId)
      expect(() => sessions.get(sessionId)).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }))
    } finally {
      await sessions.closeAll('user')
    }
  })
})
