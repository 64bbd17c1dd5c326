import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createActions } from '../../src/main/operations/actions/actions.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { EndBackendOutput, EndWay } from '../../src/shared/operations-actions.ts'
import type { Profile } from '../../src/shared/profiles.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestRole,
} from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

const reason = 'INC-7: it blocks the invoices'

describe('ending a backend', () => {
  let database: TestDatabase
  let owner: pg.Client
  let session: TestSession
  const roles: TestRole[] = []
  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
    await owner.query(
      'create table held (id int primary key, what text); insert into held select n from generate_series(1, 3) n',
    )
    session = await openTestSession(database, { readOnly: false })
  })
  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    await database.drop()
    for (const role of roles) await role.drop()
  })

  const newRole = async (as: string): Promise<TestRole> => {
    const role = await createRole({ as })
    roles.push(role)
    await owner.query(`grant connect on database "${database.database}" to "${role.user}"`)
    return role
  }

  const sessionOf = (role: TestRole, changes: Partial<Profile> = {}) =>
    openTestSession({ ...database, ...role }, { readOnly: false, ...changes })

  /** A backend and how it is told from a later one with its pid. */
  const victim = async (client?: pg.Client) => {
    const backend = client ?? (await database.client())
    const { rows } = await backend.query<{ pid: number; since: string }>(`
      select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since
        from pg_stat_activity where pid = pg_backend_pid()`)
    return { client: backend, pid: rows[0]?.pid ?? 0, since: rows[0]?.since ?? '' }
  }
  type Victim = Awaited<ReturnType<typeof victim>>

  const stateOf = async ({ pid }: Victim): Promise<string | undefined> =>
    (await owner.query('select state from pg_stat_activity where pid = $1', [pid])).rows[0]?.state

  /** Runs a statement that goes on until it is ended; its SQLSTATE then. */
  const running = async (backend: Victim, sql: string): Promise<{ ended: Promise<string> }> => {
    const ended = backend.client.query(sql).then(
      () => 'done',
      (error: { code?: string }) => error.code ?? 'lost',
    )
    await expect.poll(() => stateOf(backend)).toBe('active')
    return { ended }
  }

  const end = (
    { pid, since }: Victim,
    how: EndWay,
    { by = session, queryStart = null }: { by?: TestSession; queryStart?: string | null } = {},
  ): Promise<EndBackendOutput> =>
    createActions(by).endBackend({ pid, since, how, queryStart, reason }, noAbort())
  const plan = ({ pid, since }: Pick<Victim, 'pid' | 'since'>, by = session) =>
    createActions(by).endBackendPlan({ pid, since }, noAbort())
  const lastEvent = async () =>
    (await owner.query('select op, new_row, reason from audit.event order by id desc limit 1')).rows[0]

  test.each([
    ['sleeps', 'select pg_sleep(600)'],
    [
      'computes',
      'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c',
    ],
  ])(
    'cancels a statement that %s, keeps its session, and leaves an event with the reason',
    async (_, sql) => {
      const backend = await victim()
      const { ended } = await running(backend, sql)
      const planned = await plan(backend)
      expect(planned).toMatchObject({
        backend: { pid: backend.pid, query: sql, xid: null, state: 'active' },
        cancel: { refusal: null },
        terminate: { refusal: null },
        recording: { isRecorded: true },
      })
      const outcome = await end(backend, 'cancel', { queryStart: planned.backend.queryStart })
      expect(outcome).toMatchObject({ outcome: 'ended', recording: { isRecorded: true } })
      expect(await ended).toBe('57014')
      expect(await stateOf(backend)).toBe('idle')
      const event = await lastEvent()
      expect(event).toMatchObject({
        op: 'ACCESS',
        new_row: { what: 'cancel backend', pid: backend.pid },
        reason,
      })
      expect(JSON.stringify(event)).not.toContain('select')
    },
  )

  test('says what rolls back and who waits, and it does', async () => {
    const holder = await victim()
    await holder.client.query(
      `begin; update held set what = 'lost' where id = 1; lock table held in access exclusive mode`,
    )
    const waiter = await victim()
    const { ended } = await running(waiter, 'select from held where id = 1')
    await expect.poll(async () => (await plan(holder)).backend.waiting).toBe(1)
    const planned = await plan(holder)
    expect(planned.backend).toMatchObject({
      state: 'idle in transaction',
      xid: expect.stringMatching(/^\d+$/),
      xidAge: expect.any(Number),
    })
    expect(planned.backend.lockedRelations).toContain('AccessExclusiveLock on public.held')
    expect(planned.terminate.effects.join(' ')).toMatch(
      /Everything that it wrote since its BEGIN rolls back.*1 backend waits/,
    )
    expect(planned.cancel.refusal).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('no statement to cancel'),
    })
    expect(await end(holder, 'terminate')).toMatchObject({ outcome: 'gone' })
    expect(await ended).toBe('done')
    expect((await owner.query('select what from held where id = 1')).rows).toEqual([{ what: null }])
  })

  test('a pid that was given anew is left alone, and so is the statement after the one that was seen', async () => {
    const backend = await victim()
    const { ended } = await running(backend, 'select pg_sleep(600)')
    const earlier = {
      ...backend,
      since: backend.since.replace(/\d{3}Z$/, (digits) => (digits === '000Z' ? '001Z' : '000Z')),
    }
    await expect(end(earlier, 'terminate')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(plan(earlier)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(end(backend, 'cancel', { queryStart: '2020-01-01T00:00:00.000000Z' })).rejects.toMatchObject(
      { code: 'CONFLICT', message: expect.stringContaining('another statement') },
    )
    expect(await stateOf(backend)).toBe('active')
    // Nothing was done, and nothing says that it was.
    expect(
      (await owner.query(`select from audit.event where new_row->>'pid' = $1`, [`${backend.pid}`])).rowCount,
    ).toBe(0)
    await end(backend, 'terminate')
    expect(await ended).toBe('57P01')
    await expect(end(backend, 'terminate')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test.each([
    ['a sender of WAL', '&replication=database', /sends WAL/],
    ['a console that only asks', '&application_name=viruj-console', /only asks/],
  ])('%s is not ended', async (_, more, said) => {
    const client = new pg.Client(`${database.url}${more}`)
    client.on('error', () => undefined)
    await client.connect()
    try {
      const { rows } = await owner.query<{ pid: number; since: string }>(
        `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since
           from pg_stat_activity where (backend_type = 'walsender' or application_name = 'viruj-console')
            and datname = current_database() and pid <> all ($1)`,
        [session.ownPids()],
      )
      const [{ pid, since } = { pid: 0, since: '' }] = rows
      const backend = { client, pid, since }
      for (const how of ['cancel', 'terminate'] as const) {
        await expect(end(backend, how)).rejects.toMatchObject({
          code: 'FORBIDDEN',
          message: expect.stringMatching(said),
        })
      }
      expect((await plan(backend)).terminate.refusal).toMatchObject({ code: 'FORBIDDEN' })
      expect(await stateOf(backend)).toBe('idle')
    } finally {
      await client.end()
    }
  })

  test('the session itself is not ended, however long it works already', async () => {
    const connection = await session.openConnection(noAbort())
    await connection.client.query(`set application_name = 'something else'; begin`)
    const own = await victim(connection.client)
    await expect(end(own, 'terminate')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('this very session'),
    })
    await connection.client.end()
  })

  test('rights that are missing are named with what gives them', async () => {
    await using asked = await sessionOf(await newRole('in role pg_read_all_stats'))
    await using blind = await sessionOf(await newRole('in role pg_signal_backend'))
    const signaller = await newRole('in role pg_signal_backend, pg_read_all_stats, viruj_dba')
    await using signals = await sessionOf(signaller)
    const role = await newRole('')
    const other = await victim(await database.client(role))
    const powerful = await victim()

    await expect(end(other, 'terminate', { by: asked })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      remedy: expect.stringContaining('GRANT pg_signal_backend TO "'),
    })
    await expect(plan(other, blind)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      remedy: expect.stringContaining('GRANT pg_monitor TO "'),
    })
    await expect(end(powerful, 'terminate', { by: signals })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('a superuser'),
    })
    expect((await plan(powerful, signals)).terminate.refusal).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await stateOf(other)).toBe('idle')
    expect(await end(other, 'terminate', { by: signals })).toMatchObject({
      outcome: 'gone',
      recording: { isRecorded: true },
    })
    expect((await owner.query('select actor from audit.event order by id desc limit 1')).rows).toEqual([
      { actor: signaller.user },
    ])
  })

  test('what cannot be recorded is not done; without a trail the act says that it is not recorded', async () => {
    await using silent = await sessionOf(await newRole('in role pg_signal_backend, pg_read_all_stats'))
    const other = await victim(await database.client(await newRole('')))
    expect((await plan(other, silent)).recording).toMatchObject({
      isRecorded: false,
      text: expect.stringContaining('Refused'),
    })
    await expect(end(other, 'terminate', { by: silent })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      remedy: expect.stringContaining('viruj_dba'),
    })
    expect(await stateOf(other)).toBe('idle')

    await using plain = await createDatabase()
    await using elsewhere = await openTestSession(plain, { readOnly: false })
    expect(await end(other, 'terminate', { by: elsewhere })).toMatchObject({
      outcome: 'gone',
      recording: { isRecorded: false, text: expect.stringContaining('no audit trail') },
    })
  })

  test('a session that only reads ends nobody, and production wants its name typed', async () => {
    const other = await victim()
    await using reads = await openTestSession(database)
    await expect(end(other, 'terminate', { by: reads })).rejects.toMatchObject({ code: 'READ_ONLY' })
    await using production = await openTestSession(database, { readOnly: false, environment: 'production' })
    await expect(end(other, 'terminate', { by: production })).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    })
    expect(await stateOf(other)).toBe('idle')
    production.confirmWrites({ database: database.database })
    expect(await end(other, 'terminate', { by: production })).toMatchObject({ outcome: 'gone' })
  })
})

test('autovacuum may be told to go on with another table, but not while it prevents wraparound', async () => {
  await using server = await startServer({
    settings: {
      autovacuum_naptime: 1,
      autovacuum_freeze_max_age: 100_000,
    },
  })
  await using database = await createDatabase({ on: server.address })
  const owner = await database.client()
  await using session = await openTestSession(database, { readOnly: false })
  const actions = createActions(session)
  const worker = async (on: string): Promise<{ pid: number; since: string }> => {
    const find = async () =>
      (
        await owner.query<{ pid: number; since: string }>(
          `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since
             from pg_stat_activity where backend_type = 'autovacuum worker' and query like $1`,
          [`autovacuum: VACUUM%${on}`],
        )
      ).rows[0]
    await expect.poll(find, { timeout: 30_000 }).toBeDefined()
    return (await find()) ?? { pid: 0, since: '' }
  }
  await owner.query(`
    create table dying with (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
                              autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)
        as select n from generate_series(1, 20000) n;
    delete from dying where n % 2 = 0`)

  const ordinary = await worker('public.dying')
  expect((await actions.endBackendPlan(ordinary, noAbort())).terminate.refusal).toMatchObject({
    code: 'FORBIDDEN',
  })
  expect(
    await actions.endBackend({ ...ordinary, how: 'cancel', queryStart: null, reason }, noAbort()),
  ).toMatchObject({ outcome: expect.stringMatching(/^(ended|gone)$/) })

  // Who vacuums it now, and for no such reason, makes way.
  await owner.query('alter table dying set (autovacuum_enabled = false)')
  await owner.query(`create procedure burn() language plpgsql as $$ begin
    for i in 1..110000 loop perform pg_current_xact_id(); commit; end loop; end $$`)
  await owner.query('call burn()')
  const urgent = await worker('public.dying (to prevent wraparound)')
  for (const how of ['cancel', 'terminate'] as const) {
    await expect(
      actions.endBackend({ ...urgent, how, queryStart: null, reason }, noAbort()),
    ).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('wraparound') })
  }
})
