import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/main/session/diagnosis.ts'
import type { Diagnosis, Profile } from '../../src/shared/profiles.ts'
import { createDatabase, createRole, startServer, type TestDatabase } from '../support/postgres.ts'
import { noAbort, profileOf } from '../support/session.ts'

type On = Pick<TestDatabase, 'host' | 'port' | 'database' | 'user' | 'caFile' | 'password'>

/** `step outcome` for each step of the first host, and the steps themselves. */
const run = async (on: On, changes: Partial<Profile> = {}, password: string | null = on.password) => {
  const [first] = await diagnose(profileOf(on, changes), password, noAbort())
  const steps = first?.steps ?? []
  for (const { outcome, seen, remedy } of steps) {
    expect(seen).not.toBe('')
    if (outcome === 'failed' || outcome === 'warning') expect(remedy).not.toBe('')
  }
  return { steps, outcomes: steps.map(({ step, outcome }) => `${step} ${outcome}`) }
}

const stoppedAt = (failing: Diagnosis[number]['steps'][number]['step']) => {
  const all = ['dns', 'tcp', 'tls', 'authentication', 'database', 'privileges']
  const place = all.indexOf(failing)
  return all.map((step, n) => `${step} ${n < place ? 'ok' : n === place ? 'failed' : 'skipped'}`)
}

describe('the diagnosis of a profile', () => {
  test('shows each step, the certificates and what the role may do', async () => {
    await using database = await createDatabase()
    await (await database.client()).query('create table public.a (); create table public.b ()')
    const { steps, outcomes } = await run(database)
    expect(outcomes).toEqual(
      ['dns', 'tcp', 'tls', 'authentication', 'database', 'privileges'].map((step) => `${step} ok`),
    )
    expect(steps[2]?.certificates).toMatchObject([
      {
        names: expect.arrayContaining(['localhost', '127.0.0.1']),
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { subject: 'CN=Test authority', issuer: 'CN=Test authority' },
    ])
    expect(steps[5]?.seen).toMatch(
      /on PostgreSQL 16\.\d+, a primary\. It may read 2 of 2 tables and views\.$/,
    )
  })

  test('stops at a name that nobody knows and at a port where nothing listens', async () => {
    await using database = await createDatabase()
    const unknown = await run(database, { hosts: [{ host: 'nowhere.invalid', port: 5432 }] })
    expect(unknown.outcomes).toEqual(stoppedAt('dns'))
    expect((await run(database, { hosts: [{ host: '127.0.0.1', port: 1 }] })).outcomes).toEqual(
      stoppedAt('tcp'),
    )
  })

  test('shows the certificate that is not trusted, and logs in nowhere', async () => {
    await using server = await startServer({ tls: { selfSigned: true } })
    const on = { ...server.address, user: server.address.superuser, database: 'postgres' }
    const { steps, outcomes } = await run(on)
    expect(outcomes).toEqual(stoppedAt('tls'))
    expect(steps[2]?.certificates).toMatchObject([{ subject: 'CN=localhost', issuer: 'CN=localhost' }])
    const open = await run(on, { tlsMode: 'require', caFile: null })
    expect(open.outcomes[2]).toBe('tls warning')
    expect(open.outcomes[5]).toBe('privileges ok')
  })

  test('says when the server has no TLS', async () => {
    await using server = await startServer({ tls: false })
    const on = { ...server.address, user: server.address.superuser, database: 'postgres' }
    expect((await run(on)).outcomes).toEqual(stoppedAt('tls'))
    expect((await run(on, { tlsMode: 'disable' })).outcomes[2]).toBe('tls ok')
  })

  test('tells password, database and privileges apart', async () => {
    await using database = await createDatabase()
    await using role = await createRole()
    await (await database.client()).query('create table public.secret ()')
    const on = { ...database, ...role }
    expect((await run(on, {}, 'wrong')).outcomes).toEqual(stoppedAt('authentication'))
    expect((await run(on, {}, null)).outcomes).toEqual(stoppedAt('authentication'))
    expect((await run(on, { database: 'nowhere' })).outcomes).toEqual(stoppedAt('database'))
    expect((await run(on, { role: database.user })).outcomes).toEqual(stoppedAt('privileges'))
    const { steps, outcomes } = await run(on)
    expect(outcomes[5]).toBe('privileges warning')
    expect(steps[5]?.remedy).toContain(`GRANT SELECT … TO "${role.user}"`)
  })

  test('looks at every host of the profile', async () => {
    await using database = await createDatabase()
    const hosts = [
      { host: '127.0.0.1', port: 1 },
      { host: 'localhost', port: database.port },
    ]
    const diagnosis = await diagnose(profileOf(database, { hosts }), database.password, noAbort())
    expect(diagnosis.map(({ host, steps }) => [host.port, steps[1]?.outcome, steps[5]?.outcome])).toEqual([
      [1, 'failed', 'skipped'],
      [database.port, 'ok', 'ok'],
    ])
  })
})
