import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TargetSessionAttrs } from '../../src/shared/profiles.ts'
import { startServer, type TestServer } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { openTestSession } from '../support/session.ts'

describe('a profile of several hosts', () => {
  let primary: TestServer
  let standby: TestServer
  let readOnly: TestServer

  beforeAll(async () => {
    const hba = ['host all all 127.0.0.1/32 trust']
    ;[primary, standby, readOnly] = await Promise.all([
      startServer({ hba, tls: false }),
      startServer({ hba, tls: false }),
      startServer({ hba, tls: false, settings: { default_transaction_read_only: true } }),
    ])
    // Without a primary to follow it stays in recovery for ever, which is all that matters here.
    await standby.halt()
    await writeFile(join(standby.address.dataDir, 'standby.signal'), '')
    await standby.start()
  }, 120_000)
  afterAll(() => Promise.all([primary, standby, readOnly].map((server) => server.stop())))

  const deadPort = 1
  type Name = 'primary' | 'standby' | 'readOnly' | 'dead'
  const portOf = (name: Name) =>
    name === 'dead' ? deadPort : { primary, standby, readOnly }[name].address.port

  const choose = async (names: Name[], targetSessionAttrs: TargetSessionAttrs): Promise<Name | undefined> => {
    const { address } = primary
    await using session = await openTestSession(
      { ...address, user: address.superuser, database: 'postgres' },
      {
        tlsMode: 'disable',
        caFile: null,
        hosts: names.map((name) => ({ host: '127.0.0.1', port: portOf(name) })),
        targetSessionAttrs,
      },
    )
    const { server } = session.state()
    expect(server.inRecovery).toBe(server.host.port === portOf('standby'))
    return names.find((name) => portOf(name) === server.host.port)
  }

  test.each([
    [['standby', 'primary'], 'any', 'standby'],
    [['dead', 'primary'], 'any', 'primary'],
    [['standby', 'readOnly', 'primary'], 'read-write', 'primary'],
    [['primary', 'readOnly', 'standby'], 'read-only', 'readOnly'],
    [['primary', 'standby'], 'read-only', 'standby'],
    [['standby', 'readOnly', 'primary'], 'primary', 'readOnly'],
    [['primary', 'readOnly', 'standby'], 'standby', 'standby'],
    [['primary', 'dead', 'standby'], 'prefer-standby', 'standby'],
    [['dead', 'primary'], 'prefer-standby', 'primary'],
  ] as [Name[], TargetSessionAttrs, Name][])(
    '%j with %s connects to the %s',
    async (names, attrs, expected) => {
      expect(await choose(names, attrs)).toBe(expected)
    },
  )

  test('says of every host why it was passed over', async () => {
    await expect(choose(['dead', 'primary'], 'standby')).rejects.toMatchObject({
      code: 'NO_SUITABLE_HOST',
      message: expect.stringMatching(/127\.0\.0\.1:1: .*target_session_attrs=standby/s),
    })
  })

  test('goes on to the next host when one takes the connection and says nothing', async () => {
    await using proxy = await startProxy(primary.address)
    proxy.freeze()
    const { address } = primary
    await using session = await openTestSession(
      { ...address, user: address.superuser, database: 'postgres' },
      {
        tlsMode: 'disable',
        caFile: null,
        connectTimeout: 1,
        hosts: [
          { host: '127.0.0.1', port: proxy.port },
          { host: '127.0.0.1', port: address.port },
        ],
      },
    )
    expect(session.state().server.host.port).toBe(address.port)
  })

  test('does not hide a wrong password behind the next host', async () => {
    await using strict = await startServer()
    const { address } = primary
    await expect(
      openTestSession(
        { ...strict.address, user: address.superuser, database: 'postgres', password: 'wrong' },
        {
          hosts: [
            { host: '127.0.0.1', port: strict.address.port },
            { host: '127.0.0.1', port: address.port },
          ],
        },
      ),
    ).rejects.toMatchObject({ code: 'AUTH_FAILED' })
  })
})
