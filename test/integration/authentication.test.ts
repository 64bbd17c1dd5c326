import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../src/main/cluster/certificates.ts'
import { openSession } from '../../src/main/session/session.ts'
import { createDatabase, createRole, startServer } from '../support/postgres.ts'
import { noAbort, openTestSession, profileOf } from '../support/session.ts'

const message = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const sasl = message('R', int32(10), Buffer.from('SCRAM-SHA-256\0\0'))

/** A malicious server: answers the start-up with `first`, every later message with the next answer, and keeps what it got. */
const startImpostor = async (first: Buffer, answer: (received: Buffer) => Buffer | null = () => null) => {
  const received: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (startup) => {
      received.push(startup)
      socket.write(first)
      socket.on('data', (more) => {
        received.push(more)
        const reply = answer(more)
        if (reply !== null) socket.write(reply)
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received: () => Buffer.concat(received).toString('latin1'),
    messages: () => received.length,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

const connectTo = (port: number, changes = {}) =>
  openSession({
    sessionId: 'x',
    profile: profileOf(
      { host: '127.0.0.1', port, database: 'erp', user: 'anna', caFile: '' },
      { tlsMode: 'disable', caFile: null, connectTimeout: 3, ...changes },
    ),
    password: 'hunter2',
    signal: noAbort(),
    onState: () => undefined,
  })

describe('logging in', () => {
  test.each([
    ['in clear text', message('R', int32(3))],
    ['as an md5 hash', message('R', int32(5), Buffer.from([1, 2, 3, 4]))],
  ])('a server that asks for the password %s gets nothing', async (how, request) => {
    await using impostor = await startImpostor(request)
    await expect(connectTo(impostor.port)).rejects.toMatchObject({
      code: 'AUTH_METHOD_REFUSED',
      message: expect.stringContaining(how),
      remedy: expect.stringContaining('scram-sha-256'),
    })
    expect(impostor.messages()).toBe(1)
    expect(impostor.received()).not.toContain('hunter2')
    expect(impostor.received()).not.toContain('md5')
  })

  test('a profile may allow what is weak', async () => {
    await using impostor = await startImpostor(message('R', int32(3)))
    await expect(
      connectTo(impostor.port, { allowWeakAuthentication: true, connectTimeout: 1 }),
    ).rejects.toMatchObject({
      code: 'CONNECT_TIMEOUT',
    })
    expect(impostor.received()).toContain('hunter2')
  })

  test('a server that lets everybody in after asking for a proof, and gives none itself, is an impostor', async () => {
    const welcome = Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))])
    await using impostor = await startImpostor(sasl, () => welcome)
    await expect(connectTo(impostor.port)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(/did not prove/),
    })
  })

  test.each([
    ['a method that nobody here speaks', message('R', int32(7))],
    ['nonsense', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('%s ends in an error, not in a crash', async (_, answer) => {
    await using impostor = await startImpostor(answer)
    await expect(connectTo(impostor.port, { connectTimeout: 1 })).rejects.toMatchObject({
      code: expect.stringMatching(/CONNECTION_LOST|CONNECT_TIMEOUT/),
    })
  })

  test('a wrong password, a missing one and an unknown database are told apart', async () => {
    await using database = await createDatabase()
    await using role = await createRole()
    const open = (changes = {}, password: string | null = role.password) =>
      openTestSession({ ...database, user: role.user }, changes, password)
    await expect(open({}, 'wrong')).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      sqlstate: '28P01',
      message: expect.stringContaining(role.user),
    })
    await expect(open({}, null)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(/none was given/),
    })
    await expect(open({ database: 'Nowhere' })).rejects.toMatchObject({
      code: 'DATABASE_NOT_FOUND',
      message: expect.stringContaining('"Nowhere"'),
    })
    await expect(open({ role: database.user })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await expect(open({ role: 'no such role' })).rejects.toMatchObject({
      message: expect.stringMatching(/no such role/),
    })
  })

  test('a server without a line for this connection in pg_hba.conf says so', async () => {
    await using server = await startServer({
      hba: ['hostssl all test_owner 127.0.0.1/32 scram-sha-256'],
    })
    await using database = await createDatabase({ on: server.address })
    await using role = await createRole({ on: server.address })
    await expect(openTestSession({ ...database, ...role })).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      sqlstate: '28000',
      remedy: expect.stringContaining('pg_hba.conf'),
    })
  })

  test('a real server that is set to md5 is refused, and let in when the profile allows it', async () => {
    await using server = await startServer({
      settings: { password_encryption: 'md5' },
      hba: ['host all test_owner 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 md5'],
    })
    await using database = await createDatabase({ on: server.address })
    await using role = await createRole({ on: server.address })
    const on = { ...database, ...role }
    await expect(openTestSession(on)).rejects.toMatchObject({ code: 'AUTH_METHOD_REFUSED' })
    await using session = await openTestSession(on, { allowWeakAuthentication: true })
    expect(session.state().server.sessionUser).toBe(role.user)
  })

  test('binds SCRAM to the TLS connection: who relays it under a certificate of his own is not let in', async () => {
    await using database = await createDatabase()
    const { certificate: cert, privateKey: key } = issueCertificate(createAuthority('Relay'), ['localhost'])
    const relay = createServer((inbound) => {
      inbound.once('data', () => {
        inbound.write('S')
        const fromVictim = new TLSSocket(inbound, { isServer: true, cert, key })
        const outbound = connect({ host: database.host, port: database.port })
        outbound.once('data', () => {
          const toServer = connectTls({ socket: outbound, rejectUnauthorized: false })
          fromVictim.pipe(toServer)
          toServer.pipe(fromVictim)
          for (const socket of [fromVictim, toServer]) socket.on('error', () => inbound.destroy())
          inbound.once('close', () => outbound.destroy())
        })
        outbound.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]))
      })
    })
    relay.listen(0, '127.0.0.1')
    await once(relay, 'listening')
    try {
      const { port } = relay.address() as AddressInfo
      await expect(
        openTestSession({ ...database, port }, { tlsMode: 'require', caFile: null }),
      ).rejects.toMatchObject({ code: 'AUTH_FAILED', message: expect.stringMatching(/channel binding/) })
    } finally {
      relay.close()
    }
  })

  test('works over a Unix socket, which needs no TLS in any mode', async () => {
    // The path of a socket may have 107 bytes, which the folder of the run may exceed.
    const folder = await mkdtemp('/tmp/viruj-socket-')
    await chmod(folder, 0o777)
    try {
      await using server = await startServer({
        hba: ['local all all scram-sha-256'],
        settings: { unix_socket_directories: folder },
      })
      const { superuser: user, port } = server.address
      await using session = await openTestSession(
        { ...server.address, user, database: 'postgres' },
        { hosts: [{ host: folder, port }] },
      )
      expect(session.state().server).toMatchObject({ tls: null, isLocal: true, host: { host: folder, port } })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('a role without a connection left is told so', async () => {
    await using database = await createDatabase()
    await using role = await createRole({ as: 'connection limit 1' })
    await expect(openTestSession({ ...database, ...role })).rejects.toMatchObject({
      code: 'TOO_MANY_CONNECTIONS',
      sqlstate: '53300',
    })
  })

  test('gives up at a server that says nothing, after the connect timeout', async () => {
    await using silent = await startImpostor(Buffer.alloc(0))
    await expect(connectTo(silent.port, { connectTimeout: 1 })).rejects.toMatchObject({
      code: 'CONNECT_TIMEOUT',
    })
  })

  test('gives up at once when the person does', async () => {
    await using silent = await startImpostor(Buffer.alloc(0))
    const controller = new AbortController()
    const opening = openSession({
      sessionId: 'x',
      profile: profileOf(
        { host: '127.0.0.1', port: silent.port, database: 'd', user: 'u', caFile: '' },
        { tlsMode: 'disable', caFile: null },
      ),
      password: null,
      signal: controller.signal,
      onState: () => undefined,
    })
    await expect.poll(() => silent.messages()).toBe(1)
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('explains a host that is not known and a port where nothing listens', async () => {
    await expect(connectTo(5432, { hosts: [{ host: 'nowhere.invalid', port: 5432 }] })).rejects.toMatchObject(
      {
        code: 'HOST_NOT_FOUND',
        message: expect.stringContaining('nowhere.invalid'),
      },
    )
    await expect(connectTo(1)).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringMatching(/127\.0\.0\.1:1/),
    })
    await expect(connectTo(5432, { hosts: [{ host: '/nowhere', port: 5432 }] })).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining('/nowhere/.s.PGSQL.5432'),
    })
  })
})
