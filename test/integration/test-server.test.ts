import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { createDatabase, createRole, hasPostgres15, startServer } from '../support/postgres.ts'

describe('the test server', () => {
  test('is PostgreSQL 16 over TLS with SCRAM, and pg_stat_statements is loaded', async () => {
    await using database = await createDatabase()
    const client = await database.client()
    const { rows } = await client.query(`
      select current_setting('server_version_num')::int / 10000 as major,
             (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as ssl,
             current_setting('shared_preload_libraries') as libraries`)
    expect(rows[0]).toEqual({ major: 16, ssl: true, libraries: 'pg_stat_statements' })
  })

  test('lets in a role of its own, with its password only', async () => {
    await using database = await createDatabase()
    await using role = await createRole()
    const client = await database.client(role)
    expect((await client.query('select current_user')).rows).toEqual([{ current_user: role.user }])
    await expect(database.client({ user: role.user, password: 'wrong' })).rejects.toMatchObject({
      code: '28P01',
    })
  })

  test('keeps its data and port over a crash', async () => {
    await using server = await startServer()
    await using database = await createDatabase({ on: server.address })
    const { port, pid } = server.address
    await (await database.client()).query('create table kept as select 1 as n; checkpoint')
    await server.kill()
    await expect(database.client()).rejects.toThrow()
    await server.start()
    expect(server.address.port).toBe(port)
    expect(server.address.pid).not.toBe(pid)
    expect((await (await database.client()).query('select n from kept')).rows).toEqual([{ n: 1 }])
  })

  test('can show a certificate that nobody vouches for, or none', async () => {
    await using selfSigned = await startServer({ tls: { selfSigned: true } })
    await expect(createDatabase({ on: selfSigned.address })).rejects.toMatchObject({
      code: expect.stringMatching('SELF_SIGNED'),
    })
    await using plain = await startServer({ tls: false })
    await using database = await createDatabase({ on: plain.address })
    const { host, port, user, password } = database
    const client = new pg.Client({ host, port, user, password, database: database.database, ssl: true })
    await expect(client.connect()).rejects.toThrow(/does not support SSL/)
  })

  test.skipIf(!hasPostgres15)('also comes as PostgreSQL 15', async () => {
    await using server = await startServer({ version: 15 })
    await using database = await createDatabase({ on: server.address })
    const { rows } = await (await database.client()).query('show server_version')
    expect(rows[0].server_version).toMatch(/^15\./)
  })

  test('its url connects any client that knows libpq urls', async () => {
    await using database = await createDatabase()
    expect(database.port).toBe(inject('server').port)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.end()
  })
})
