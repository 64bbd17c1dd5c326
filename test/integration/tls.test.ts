import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Profile, TlsMode } from '../../src/shared/profiles.ts'
import { createDatabase, startServer, type TestServer } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

const day = 86_400_000

/** What comes of connecting: the mode that the server's facts name, or the code of the refusal. */
const outcome = async (
  on: Parameters<typeof openTestSession>[0],
  changes: Partial<Profile>,
): Promise<string> => {
  try {
    await using session = await openTestSession(on, changes)
    return `connected: ${session.state().server.tls?.mode ?? 'not encrypted'}`
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'remedy' in error) {
      expect(error.message).toContain(`${on.port}`)
      expect(error.remedy).not.toBe('')
      return String(error.code)
    }
    throw error
  }
}

/** The superuser of a server whose TLS the test support itself would refuse. */
const databaseOf = ({ address }: TestServer) => ({
  ...address,
  database: 'postgres',
  user: address.superuser,
})

describe('TLS', () => {
  let servers: Record<'expired' | 'early' | 'selfSigned' | 'otherHost' | 'plain', TestServer>

  beforeAll(async () => {
    const [expired, early, selfSigned, otherHost, plain] = await Promise.all([
      startServer({
        tls: { notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) },
      }),
      startServer({ tls: { notBefore: new Date(Date.now() + day) } }),
      startServer({ tls: { selfSigned: true } }),
      startServer({ tls: { hosts: ['db.example.com'] } }),
      startServer({ tls: false }),
    ])
    servers = { expired, early, selfSigned, otherHost, plain }
  }, 120_000)
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())))

  test.each([
    ['expired', 'verify-full', 'TLS_EXPIRED'],
    ['expired', 'verify-ca', 'TLS_EXPIRED'],
    ['expired', 'require', 'connected: require'],
    ['early', 'verify-full', 'TLS_EXPIRED'],
    ['selfSigned', 'verify-full', 'TLS_UNTRUSTED'],
    ['selfSigned', 'verify-ca', 'TLS_UNTRUSTED'],
    ['selfSigned', 'require', 'connected: require'],
    ['otherHost', 'verify-full', 'TLS_WRONG_HOST'],
    ['otherHost', 'verify-ca', 'connected: verify-ca'],
    ['plain', 'verify-full', 'TLS_NOT_OFFERED'],
    ['plain', 'require', 'TLS_NOT_OFFERED'],
    ['plain', 'disable', 'connected: not encrypted'],
  ] as const)('a server that is %s, with %s: %s', async (server, tlsMode, expected) => {
    const on = databaseOf(servers[server])
    // In libpq, too, `require` with a file of authorities verifies them.
    const caFile = tlsMode === 'require' ? null : on.caFile
    expect(await outcome(on, { tlsMode, caFile })).toBe(expected)
  })

  test.each([
    ['verify-full', 'TLS_UNTRUSTED'],
    ['verify-ca', 'TLS_UNTRUSTED'],
    ['require', 'connected: require'],
    ['disable', 'connected: not encrypted'],
  ] as const)(
    'without a file of authorities, and an authority that the system does not know, %s gives %s',
    async (tlsMode, expected) => {
      await using database = await createDatabase()
      expect(await outcome(database, { tlsMode, caFile: null })).toBe(expected)
    },
  )

  test('with require and a file of authorities verifies the authority', async () => {
    await using database = await createDatabase()
    expect(await outcome(database, { tlsMode: 'require' })).toBe('connected: verify-ca')
    expect(await outcome(databaseOf(servers.selfSigned), { tlsMode: 'require' })).toBe('TLS_UNTRUSTED')
  })

  test('checks the name, not the address, when connecting by name', async () => {
    await using database = await createDatabase()
    const hosts = [{ host: 'localhost', port: database.port }]
    expect(await outcome(database, { hosts })).toBe('connected: verify-full')
  })

  test.each([
    ['is not there', 'nowhere.pem', null],
    ['holds no certificate', 'empty.pem', 'nothing'],
  ])('says which file of authorities cannot be used when it %s', async (_, name, content) => {
    await using database = await createDatabase()
    const caFile = join(inject('runFolder'), name)
    if (content !== null) await writeFile(caFile, content)
    await expect(openTestSession(database, { caFile })).rejects.toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringContaining(name),
    })
  })

  test('is not fooled by bytes smuggled in before the handshake (CVE-2021-23222)', async () => {
    await using database = await createDatabase()
    const smuggler = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', () => socket.write(Buffer.concat([Buffer.from('S'), Buffer.alloc(40, 0x52)])))
    })
    await new Promise<void>((resolve) => smuggler.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = smuggler.address() as AddressInfo
      await expect(openTestSession({ ...database, port })).rejects.toMatchObject({ code: 'TLS_FAILED' })
    } finally {
      smuggler.close()
    }
  })

  test.each(['disable', 'require', 'verify-full'] satisfies TlsMode[])(
    'with %s, a server that only lets the other kind in is explained',
    async (tlsMode) => {
      const only = tlsMode === 'disable' ? 'hostssl' : 'hostnossl'
      await using server = await startServer({ hba: [`${only} all all 127.0.0.1/32 scram-sha-256`] })
      await expect(openTestSession(databaseOf(server), { tlsMode })).rejects.toMatchObject({
        code: 'AUTH_FAILED',
        remedy: expect.stringContaining('pg_hba.conf'),
      })
    },
  )
})
