import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planFor, provision } from '../../src/main/security/provisioning/provision.ts'
import { accessOf, reachedBy } from '../../src/main/security/provisioning/session-access.ts'
import { ConsoleError } from '../../src/shared/errors.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { provisioningIn, settingsFor, stepOf } from '../support/provisioning.ts'
import { noAbort, openTestSession } from '../support/session.ts'

describe('provisioning that does not go through', () => {
  let server: TestServer
  let home: TestDatabase
  const settings = settingsFor({ statistics: false })

  beforeAll(async () => {
    server = await startServer({ version: 18 })
    home = await createDatabase({ on: server.address })
  })
  afterAll(() => server?.stop())

  const sql = async (text: string) => (await (await home.client()).query({ text, rowMode: 'array' })).rows

  test('changes nothing when the server is another one than the plan was made for', async () => {
    await using session = await openTestSession(home, { readOnly: false })
    const { plan, apply } = provisioningIn(session)
    const made = await plan(settings)
    await sql('create role viruj_operator')
    expect(await apply(made)).toMatchObject({ status: 'failed', error: { code: 'CONFLICT' } })
    expect(await sql(`select rolname::text from pg_roles where rolname like 'viruj%'`)).toEqual([
      ['viruj_operator'],
    ])
    await sql('drop role viruj_operator')
  })

  test('is refused in a read-only session, on production without its name, and while another one runs', async () => {
    await using reader = await openTestSession(home)
    const { plan, service } = provisioningIn(reader)
    const made = await plan(settings)
    const input = { settings, reason: 'a test', fingerprint: made.fingerprint }
    await expect(service.run(input)).rejects.toMatchObject({ code: 'READ_ONLY' })
    await using live = await openTestSession(home, { readOnly: false, environment: 'production' })
    await expect(provisioningIn(live).service.run(input)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    })
    await using session = await openTestSession(home, { readOnly: false })
    const other = await home.client()
    await other.query(`select pg_advisory_lock(hashtextextended('viruj-console provision', 0))`)
    expect(await provisioningIn(session).apply(made)).toMatchObject({ error: { code: 'ALREADY_RUNNING' } })
    await other.end()
  })

  test('names the step that failed, gives back what was borrowed, keeps the log-in shut, and goes on from there', async () => {
    await using creator = await createRole({ on: server.address, as: 'createdb createrole' })
    await using session = await openTestSession({ ...home, ...creator }, { readOnly: false })
    const access = accessOf(session, noAbort())
    const { fingerprint } = await planFor(access, settings, reachedBy(session))
    // As where pg_hba.conf lets nobody into the new database yet.
    const shut: typeof access = {
      open(database) {
        if (database === null) return access.open(null)
        return Promise.reject(new ConsoleError('AUTH_FAILED', 'no entry for viruj_erp.', 'Add a line.'))
      },
    }
    await expect(
      provision(shut, settings, reachedBy(session), {
        fingerprint,
        reason: 'a test',
        signal: noAbort(),
        onStep: () => undefined,
      }),
    ).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: '“PUBLIC may not use the schema public” failed. no entry for viruj_erp.',
      remedy: expect.stringContaining('the next run goes on from here'),
    })
    expect(await sql(`select pg_has_role('${creator.user}', 'viruj_app', 'set')`)).toEqual([[false]])
    expect(await sql(`select rolcanlogin from pg_roles where rolname = 'viruj_app_a'`)).toEqual([[false]])

    const { plan, provision: run } = provisioningIn(session)
    expect(stepOf(await plan(settings), 'database')).toMatchObject({ state: 'done' })
    expect((await run(settings)).done).toEqual([
      `${creator.user} becomes a member of viruj_app`,
      'PUBLIC may not use the schema public',
      `${creator.user} is no member of viruj_app any more`,
      'Let viruj_app_a log in',
    ])
    await session.close('user')
    await sql(`drop database viruj_erp`)
    await sql(`drop owned by ${creator.user}`)
  })
})
