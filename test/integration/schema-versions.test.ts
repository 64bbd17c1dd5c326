import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createOwnedDatabase, describeObjects } from '../support/domain.ts'
import { createDatabase, createRole, isHere, startServer, type TestServer } from '../support/postgres.ts'

/** What an extension brings, and who owns it, is not the schema's own. */
const own = (lines: string[]): string[] => lines.filter((line) => !line.includes('pg_stat_statements'))

describe.each([14, 15, 16, 18] as const)('the migrations on PostgreSQL %i', (version) => {
  const missing = !isHere(version)
  let server: TestServer
  beforeAll(async () => {
    if (!missing) server = await startServer({ version })
  })
  afterAll(() => server?.stop())

  test.skipIf(missing)('name the missing role, and who creates it, when the owner may not', async () => {
    const on = server.address
    await using database = await createDatabase({ on })
    await using owner = await createRole({ on })
    await (await database.client()).query(`alter database "${database.database}" owner to "${owner.user}"`)
    const client = await database.client(owner)
    await expect(applySchema(client)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringMatching(/The role viruj_app does not exist, and role_\w+ may not create it/),
      hint: expect.stringContaining('create role viruj_app nologin'),
    })
    await database.drop()
  })

  test.skipIf(missing)(
    'go up and down as a superuser on an empty cluster, and leave what was there',
    async () => {
      await using database = await createDatabase({ on: server.address })
      const client = await database.client()
      const before = await describeObjects(client)
      await applySchema(client)
      const first = await describeObjects(client)
      expect(first).toContain('extension pg_stat_statements')
      await applySchema(client, 'down')
      expect(await describeObjects(client)).toEqual(before)
      await applySchema(client)
      expect(await describeObjects(client)).toEqual(first)
      const { rows } = await client.query(
        `select rolname, rolcanlogin, rolsuper, rolinherit from pg_roles where rolname like 'viruj%' order by 1`,
      )
      expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
        'viruj_app false false true',
        'viruj_dba false false false',
        'viruj_operator false false true',
        'viruj_reviewer false false true',
        'viruj_sealer false false true',
        'viruj_service false false true',
        'viruj_verifier false false true',
      ])
    },
  )

  test.skipIf(missing)('go up and down as an owner with no other privilege, and make the same', async () => {
    const on = server.address
    await using owned = await createOwnedDatabase(on)
    const { database, owner } = owned
    const client = await database.client(owner)
    await client.query('set role viruj_app')
    const notices: unknown[] = []
    client.on('notice', ({ code, message }) => notices.push([code, message]))
    const before = await describeObjects(client)
    await applySchema(client)
    const first = await describeObjects(client)
    expect(first.filter((line) => line.includes('pg_stat_statements'))).toEqual([])
    expect(notices).toContainEqual([
      '42501',
      expect.stringContaining('a superuser has to run "create extension'),
    ])
    await applySchema(client, 'down')
    expect(await describeObjects(client)).toEqual(before)
    await applySchema(client)
    expect(await describeObjects(client)).toEqual(first)

    // As the superuser's, but for the database, which belongs to another role there.
    await using other = await createDatabase({ on })
    const superuser = await other.client()
    await superuser.query('alter schema public owner to pg_database_owner')
    await applySchema(superuser)
    const ofSchema = (lines: string[]) =>
      own(lines).filter((line) => !/ on database |owner of database/.test(line))
    expect(ofSchema(await describeObjects(superuser))).toEqual(ofSchema(first))
  })

  test.skipIf(missing)('run also where the schema public is a superuser’s, as 14 has it', async () => {
    await using owned = await createOwnedDatabase(server.address)
    const { database, owner } = owned
    const superuser = await database.client()
    await superuser.query(
      'alter schema public owner to current_user; grant create on schema public to public',
    )
    const before = await describeObjects(superuser)
    const client = await database.client(owner)
    await client.query('set role viruj_app')
    await applySchema(client)
    await applySchema(client, 'down')
    expect(await describeObjects(superuser)).toEqual(before)
  })

  test.skipIf(missing)('leave an extension alone that a superuser had put there', async () => {
    await using owned = await createOwnedDatabase(server.address)
    const { database, owner } = owned
    const superuser = await database.client()
    await superuser.query(`
      create schema ops authorization viruj_app;
      create extension pg_stat_statements schema ops;
      revoke all on all tables in schema ops from public;
      grant select on all tables in schema ops to viruj_dba`)
    const before = await describeObjects(superuser)
    const client = await database.client(owner)
    await client.query('set role viruj_app')
    await applySchema(client)
    // Exactly what the migrations make of it when a superuser runs them.
    await using other = await createDatabase({ on: server.address })
    await applySchema(await other.client())
    const ofExtension = async (from: typeof client) =>
      (await describeObjects(from)).filter(
        (line) => line.includes('pg_stat_statements') && !line.startsWith('owner'),
      )
    expect(await ofExtension(client)).toEqual(await ofExtension(await other.client()))
    await applySchema(client, 'down')
    expect(await describeObjects(superuser)).toEqual(before)
  })

  test.skipIf(missing)('let a DBA become the owner, without acting with its rights before', async () => {
    await using database = await createDatabase({ on: server.address })
    await applySchema(await database.client())
    await (await database.client()).query(`alter database "${database.database}" owner to viruj_app`)
    await using dba = await createRole({ on: server.address, as: 'in role viruj_dba' })
    const client = await database.client(dba)
    await client.query('select count(*) from audit_logs')
    await expect(client.query('create table mine ()')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('delete from audit.event')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('drop table documents')).rejects.toMatchObject({ code: '42501' })
    await client.query(
      'begin; set local role viruj_app; create table theirs (); drop table documents; rollback',
    )
    await database.drop()
  })
})
