import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServices } from '../../src/main/api/services.ts'
import { setVerifier } from '../../src/main/operations/rotation/set-verifier.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { Statement } from '../../src/main/session/database.ts'
import { compile } from '../../src/main/session/kysely.ts'
import { scramVerifier } from '../../src/main/session/scram.ts'
import type { RotationState } from '../../src/shared/rotation.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestRole,
  type TestServer,
} from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const reason = 'CHG-77: passwords of the quarter'
const [a, b] = ['viruj_app_a', 'viruj_app_b']

/** A server that writes down all that it can. */
const settings = {
  log_statement: 'all',
  log_min_duration_statement: 0,
  log_parameter_max_length: -1,
  log_parameter_max_length_on_error: -1,
  log_min_messages: 'debug1',
  'pg_stat_statements.track': 'all',
}

describe('a rotation of credentials', () => {
  let server: TestServer
  let database: TestDatabase
  let owner: pg.Client
  let dba: TestRole
  beforeAll(async () => {
    server = await startServer({ settings })
    database = await createDatabase({ on: server.address })
    owner = await database.client()
    await applySchema(owner)
    await owner.query(
      `create role ${a} login password 'old one' in role viruj_service; create role ${b} in role viruj_service`,
    )
    dba = await createRole({ on: server.address, as: 'in role viruj_dba, pg_monitor' })
  })
  afterAll(() => server.stop())

  const open = async (as: { user: string; password: string } = database) => {
    const session = await openTestSession({ ...database, ...as }, { readOnly: false })
    const { rotation, provisioning, runbooks } = createServices(session, { home: newHome() })
    return {
      ...rotation,
      runbooks,
      state: () => rotation.state(null, noAbort()),
      secret: (jobId: string) => provisioning.secret({ jobId }),
      [Symbol.asyncDispose]: () => session.close('user'),
    }
  }
  type Console = Awaited<ReturnType<typeof open>>

  const logIn = async (user: string, password: string): Promise<pg.Client> => {
    const client = new pg.Client({
      host: database.host,
      port: database.port,
      database: database.database,
      user,
      password,
      application_name: 'erp',
      ssl: { ca: readFileSync(database.caFile) },
    })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const close = (console: Console, login: string, graceHours: number | null = null) =>
    console.close({ login, graceHours, confirmation: login, reason }, noAbort())
  const named = ({ logins }: RotationState, name: string) => logins.find((login) => login.name === name)

  test('goes from one log-in to the other, and nothing of the new password is written down anywhere', async () => {
    await using console = await open()
    const application = await logIn(a, 'old one')
    try {
      const before = await console.state()
      expect(before).toMatchObject({ refusal: null, run: null })
      expect(named(before, a)).toMatchObject({
        mayLogIn: true,
        sessions: 1,
        applications: ['erp'],
        refusal: null,
      })
      expect(named(before, b)).toMatchObject({ mayLogIn: false, sessions: 0 })
      // Neither the one in use gets a new password, nor is it closed while nobody else could log in.
      await expect(console.setPassword({ login: a, reason }, noAbort())).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(`${a} has 1 session (erp): it is in use`),
      })
      await expect(close(console, a)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(`${b} may not log in`),
      })

      const set = await console.setPassword({ login: b, reason }, noAbort())
      expect(set).toMatchObject({ fresh: b, hasPassword: true, run: { keeping: { isKept: true } } })
      const runId = set.run?.runId ?? ''
      const { password, login } = await console.secret(runId)
      expect(login).toBe(b)
      const moved = await logIn(b, password)
      // Both work; the old one stays while it is used.
      await expect(close(console, a)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(
          new RegExp(`^${a} has 1 session \\(erp\\) still, the oldest since 20`),
        ),
      })
      await application.end()
      await expect.poll(async () => named(await console.state(), a)?.sessions).toBe(0)
      await expect(
        console.close({ login: a, graceHours: null, confirmation: b, reason }, noAbort()),
      ).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
      const closed = await close(console, a)
      expect(closed).toEqual({
        runId,
        text: `${a} may log in no more, and has no password. ${a} has 0 sessions now.`,
      })
      await expect(logIn(a, 'old one')).rejects.toMatchObject({ code: '28P01' })
      const { rows: roles } = await owner.query(
        `select rolname, rolcanlogin, rolpassword from pg_authid where rolname in ('${a}', '${b}') order by 1`,
      )
      expect(roles).toMatchObject([
        { rolcanlogin: false, rolpassword: null },
        { rolcanlogin: true, rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$4096:/) },
      ])
      await moved.end()

      const run = await console.runbooks.get({ runId }, noAbort())
      expect(run.steps.map(({ id, verdict }) => [id, verdict])).toEqual([
        ['in-use', 'ok'],
        ['password', 'ok'],
        ['switch', null],
        ['watch', 'ok'],
        ['close', 'ok'],
      ])
      expect(await console.state()).toMatchObject({ run: null, fresh: null })

      const [, , salt = '', , ...keys] = roles[1].rolpassword.split(/[$:]/)
      const secrets = [password, salt, ...keys, ...roles[1].rolpassword.split(/[$:]/).slice(3)]
      const { rows: statements } = await owner.query('select query from ops.pg_stat_statements')
      const { rows: events } = await owner.query('select old_row, new_row, reason from audit.event')
      const places = {
        log: readFileSync(`${server.address.dataDir}.log`, 'utf8'),
        statements: JSON.stringify(statements),
        events: JSON.stringify(events),
        run: JSON.stringify([run, set]),
      }
      // The places are the right ones.
      expect(places.log).toContain('COPY pg_temp.viruj_console_verifier FROM STDIN')
      expect(places.statements).toContain(`ALTER ROLE \\"${a}\\" NOLOGIN`)
      for (const [place, text] of Object.entries(places)) {
        expect([place, secrets.filter((secret) => text.includes(secret))]).toEqual([place, []])
      }
      const acts = events.filter(({ new_row }) => new_row?.what?.includes('log-in'))
      expect(acts).toMatchObject([
        { reason, new_row: { what: 'set password of log-in', login: b, sessions_of_other: 1, run: runId } },
        {
          reason,
          new_row: { what: 'close log-in', login: a, until: null, sessions: 0, sessions_of_other: 1 },
        },
      ])
    } finally {
      await application.end()
    }
  })

  test('is done by a DBA with ADMIN OPTION, who is told first what is missing', async () => {
    const state = async (): Promise<RotationState> => {
      await using console = await open(dba)
      return await console.state()
    }
    expect(await state()).toMatchObject({
      refusal: expect.stringContaining('pg_stat_statements.track is "all"'),
    })
    await owner.query(`alter database "${database.database}" set pg_stat_statements.track = 'top'`)
    expect(await state()).toMatchObject({ refusal: null })
    expect(named(await state(), a)?.refusal).toContain('has no CREATEROLE')
    await owner.query(`alter role "${dba.user}" createrole`)
    expect(named(await state(), a)?.refusal).toContain('has no ADMIN OPTION')
    await owner.query(
      `grant ${a}, ${b} to "${dba.user}" with admin true, inherit false, set false; alter role ${a} replication`,
    )
    expect(named(await state(), a)?.refusal).toContain('Only a superuser')
    await owner.query(`alter role ${a} noreplication`)

    await using console = await open(dba)
    const { run } = await console.setPassword({ login: a, reason }, noAbort())
    const { password } = await console.secret(run?.runId ?? '')
    await (await logIn(a, password)).end()
    // The old one stays for some hours, at most.
    const { text } = await close(console, b, 48)
    expect(text).toMatch(new RegExp(`^The password of ${b} is refused from 20`))
    const hours = (Date.parse(named(await console.state(), b)?.validUntil ?? '') - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(47)
    expect(hours).toBeLessThan(48.1)
  })

  test('that fails on the server says why, and has the verifier in no error and no log', async () => {
    const verifier = scramVerifier('a new one')
    await owner.query('begin')
    const query = async <Row>(statement: Statement<Row>): Promise<Row[]> => {
      const { sql, parameters } = compile(statement)
      return (await owner.query(sql, [...parameters])).rows as Row[]
    }
    const error = await setVerifier(owner, query, { login: 'nobody', verifier }).catch((thrown) => thrown)
    await owner.query('rollback')
    expect(error).toMatchObject({ code: '42704', message: 'role "nobody" does not exist' })
    const log = readFileSync(`${server.address.dataDir}.log`, 'utf8')
    expect(log).toContain('role "nobody" does not exist')
    for (const part of verifier.split(/[$:]/).slice(2)) {
      expect([error.where, error.internalQuery, log].filter((text) => text?.includes(part))).toEqual([])
    }
  })
})
