import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createDatabase,
  createRole,
  isHere,
  type ServerAddress,
  startServer,
  type TestDatabase,
  type TestRole,
  type TestServer,
} from '../support/postgres.ts'
import { open, provisioningIn, settingsFor, stepOf } from '../support/provisioning.ts'
import { openTestSession } from '../support/session.ts'

const at = (address: ServerAddress, database: string, as: { user: string; password: string }) => ({
  host: address.host,
  port: address.port,
  caFile: address.caFile,
  database,
  ...as,
})

describe.each([14, 15, 16, 17, 18] as const)('provisioning on PostgreSQL %i', (version) => {
  const missing = !isHere(version)
  // What CREATEROLE may do changed with 16; for the rest 14 and 18 stand on either side, and the command is tested on 16.
  const isBetween = version > 14 && version < 18
  // Until 14 it belongs to a superuser.
  const ofSuperuser = version === 14 ? ['schema public owner', 'schema public'] : []
  let server: TestServer
  /** As a managed service has its administrator: no superuser. */
  let creator: TestRole
  let home: TestDatabase

  beforeAll(async () => {
    if (missing) return
    server = await startServer({ version })
    creator = await createRole({ on: server.address, as: 'createdb createrole' })
    home = await createDatabase({ on: server.address })
  })
  afterAll(() => server?.stop())

  const asCreator = () => openTestSession({ ...home, ...creator }, { readOnly: false })
  const asSuperuser = () => openTestSession(home, { readOnly: false })
  const sql = async (text: string) => {
    const client = await home.client()
    try {
      return (await client.query({ text, rowMode: 'array' })).rows
    } finally {
      await client.end()
    }
  }

  test.skipIf(missing)(
    'makes an empty server ready as CREATEROLE and CREATEDB, and names who does the rest',
    async () => {
      await using session = await asCreator()
      const { service, plan, provision } = provisioningIn(session)
      const first = await plan(settingsFor())
      expect(stepOf(first, 'statistics')).toMatchObject({
        state: 'blocked',
        remedy: expect.stringContaining(
          'Only a superuser may. Let one run in "viruj_erp": create extension pg_stat_statements schema ops;',
        ),
      })
      expect(stepOf(first, 'statistics readers')).toMatchObject({ state: 'blocked' })

      const { done, login, plan: after, jobId } = await provision(settingsFor())
      expect(done.at(-1)).toBe('Let viruj_app_a log in')
      expect(open(after)).toEqual([...ofSuperuser, 'statistics', 'statistics readers'])
      expect(after.script).toBe('')

      // What was borrowed for the run is given back; since 16 the maker keeps ADMIN OPTION, and nothing else.
      expect(
        await sql(`select to_jsonb(m) ->> 'set_option', to_jsonb(m) ->> 'inherit_option' from pg_auth_members m
                    where m.roleid = 'viruj_app'::regrole and m.member = '${creator.user}'::regrole`),
      ).toEqual(version < 16 ? [] : [['false', 'false']])
      expect(after.checks.find(({ id }) => id === 'owners')).toMatchObject({ outcome: 'ok' })

      const secret = await service.secret({ jobId })
      expect(login).toBe('viruj_app_a')
      await using application = await openTestSession(
        at(server.address, 'viruj_erp', { user: 'viruj_app_a', password: secret.password }),
      )
      expect(application.state().server.tls).not.toBeNull()
      // The other one waits for its turn.
      await expect(
        openTestSession(at(server.address, 'viruj_erp', { user: 'viruj_app_b', password: secret.password })),
      ).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    },
  )

  test.skipIf(missing)('finds nothing to do in a second run, whoever runs it', async () => {
    await using session = await asCreator()
    const { plan, provision } = provisioningIn(session)
    const settings = settingsFor({ statistics: false })
    await provision(settings)
    expect(open(await plan(settings))).toEqual(ofSuperuser)
    expect((await provision(settings)).login).toBeNull()
  })

  if (isBetween) return

  test.skipIf(missing)('adds as superuser what is missing, and leaves the rest alone', async () => {
    await using session = await asSuperuser()
    const { plan, provision } = provisioningIn(session)
    expect(open(await plan(settingsFor()))).toEqual([...ofSuperuser, 'statistics', 'statistics readers'])
    const { done } = await provision(settingsFor())
    expect(done.slice(ofSuperuser.length)).toEqual(['Statement statistics', 'Only DBAs see the statistics'])
    await using other = await asCreator()
    expect(open(await provisioningIn(other).plan(settingsFor()))).toEqual([])
  })

  test.skipIf(missing)('finds, names and mends what somebody changed since', async () => {
    await sql(`alter role viruj_reviewer login createdb`)
    await sql(`alter role viruj_dba inherit`)
    await sql(`alter role viruj_app_a connection limit -1`)
    await sql(`alter role viruj_app_a set statement_timeout = '10min'`)
    await sql(`grant pg_monitor to viruj_app_a`)
    await sql(`grant temporary on database viruj_erp to public`)
    await sql(`grant viruj_service to viruj_app_b with admin option`)
    if (version > 15) await sql(`grant viruj_app to viruj_dba with inherit true`)
    await using session = await asSuperuser()
    const { plan, provision } = provisioningIn(session)
    const found = (await plan(settingsFor())).steps.filter(({ state }) => state === 'todo')
    expect(Object.fromEntries(found.map((step) => [step.id, step.found]))).toEqual({
      'role viruj_dba': ['INHERIT'],
      'role viruj_reviewer': ['CREATEDB', 'LOGIN'],
      'role viruj_app_a': ['no connection limit'],
      'limits viruj_app_a': ['statement_timeout = 10min'],
      'member viruj_service viruj_app_b': [...(version > 15 ? ['SET true'] : []), 'ADMIN OPTION'],
      'only viruj_app_a': ['member of pg_monitor'],
      'public database': ['TEMPORARY to PUBLIC'],
      ...(version > 15 ? { 'member viruj_app viruj_dba': ['INHERIT true'] } : {}),
    })
    await provision(settingsFor())
    expect(open(await plan(settingsFor()))).toEqual([])
  })

  test.skipIf(missing)('makes named people DBAs, and says when there is nobody of that name', async () => {
    await using session = await asSuperuser()
    await using dba = await createRole({ on: server.address })
    const { plan, provision } = provisioningIn(session)
    const settings = settingsFor({ dbas: [dba.user, 'nobody'] })
    expect(stepOf(await plan(settings), 'member viruj_dba nobody')).toMatchObject({
      state: 'blocked',
      remedy: expect.stringContaining('There is no role "nobody".'),
    })
    await provision(settings)
    await using opened = await openTestSession(at(server.address, 'viruj_erp', dba))
    expect(opened.state().capabilities.migrations).toBe(true)
  })

  test.skipIf(missing)(
    'takes up a database that somebody else made, and opens no log-in before PUBLIC is out',
    async () => {
      const settings = settingsFor({ database: 'taken_up', login: 'taken_up' })
      await sql(`create database taken_up template template0`)
      await using session = await asCreator()
      const { plan, provision } = provisioningIn(session)
      const before = await plan(settings)
      expect(stepOf(before, 'database')).toMatchObject({
        state: 'blocked',
        remedy: expect.stringContaining('alter database "taken_up" owner to viruj_app;'),
      })
      expect(stepOf(before, 'password')).toMatchObject({ state: 'blocked' })
      await provision(settings)
      expect(await sql(`select rolcanlogin from pg_roles where rolname = 'taken_up_a'`)).toEqual([[false]])
      await using superuser = await asSuperuser()
      expect((await provisioningIn(superuser).provision(settings)).login).toBe('taken_up_a')
      expect(open(await plan(settings))).toContain('connect me')
    },
  )

  test.skipIf(missing)('leaves no password in statements or in the log', async () => {
    await using session = await asSuperuser()
    const { provision, service } = provisioningIn(session)
    await sql(`alter system set log_statement = 'all'`)
    await sql(`select pg_reload_conf()`)
    await expect.poll(() => sql('show log_statement')).toEqual([['all']])
    const { jobId } = await provision(settingsFor({ newPassword: true }))
    const { password } = await service.secret({ jobId })
    const log = readFileSync(`${server.address.dataDir}.log`, 'utf8')
    expect(log).toMatch(/alter role "viruj_app_a" login password 'SCRAM-SHA-256\$4096:/)
    expect(log).toContain('/* reason: a test * / drop */')
    expect(log).not.toContain(password)
    const client = await home.client()
    await client.query('create extension if not exists pg_stat_statements')
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_statements where query ilike '%alter role "viruj_app_a" login%'`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(password)
    // Neither does what the screen polls.
    expect(JSON.stringify([await session.jobs.list(), session.state()])).not.toContain(password)
  })
})
