import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentTypeOf } from '../../src/main/documents/content-type.ts'
import { readMigrationFiles } from '../../src/main/migrations/files.ts'
import { erpMigrationsFolder } from '../../src/main/migrations/folder.ts'
import { openSandbox, type Sandbox } from '../../src/main/sandbox/sandbox.ts'
import { s3Client } from '../support/object-server.ts'
import { connectAs, expectNoServer, newHome, servers, startConsole } from '../support/sandbox.ts'

describe('the sandbox', () => {
  let home: string
  let sandbox: Sandbox
  beforeAll(async () => {
    home = newHome()
    sandbox = await openSandbox({ home })
  })
  afterAll(() => sandbox.close())

  /** What `sql` gives a person: rows, or the SQLSTATE of its refusal. */
  const attempt = async (name: 'dba' | 'reviewer' | 'operator', sql: string): Promise<string> => {
    const client = await connectAs(sandbox, name)
    try {
      await client.query('begin')
      await client.query(sql)
      return 'allowed'
    } catch (error) {
      return error instanceof pg.DatabaseError && error.code === '42501' ? 'refused' : String(error)
    } finally {
      await client.end()
    }
  }

  test('lets nobody in without TLS, and proves who it is', async () => {
    const { primary, standby, database, personas } = sandbox
    const { user, password } = personas[0] ?? {}
    for (const server of [primary, standby]) {
      const connect = (ssl: pg.ClientConfig['ssl']) =>
        new pg.Client({ ...server, database, user, password, ssl }).connect()
      await expect(connect(false)).rejects.toThrow(/no pg_hba.conf entry .* no encryption/)
      await expect(connect(true)).rejects.toThrow(/self-signed certificate|unable to verify/)
    }
    const client = await connectAs(sandbox, 'dba')
    const { rows } = await client.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()')
    await client.end()
    expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }])
  })

  test('accepts SCRAM only, and lets nobody in with a wrong password', async () => {
    const rules = readFileSync(join(dirname(sandbox.caFile), 'primary', 'pg_hba.conf'), 'utf8')
      .trim()
      .split('\n')
    expect(rules.every((rule) => /^hostssl .* scram-sha-256$/.test(rule))).toBe(true)
    const connect = new pg.Client({
      ...sandbox.primary,
      database: sandbox.database,
      user: 'dba-1',
      password: 'wrong',
      ssl: { ca: readFileSync(sandbox.caFile) },
    }).connect()
    await expect(connect).rejects.toMatchObject({ code: '28P01' })
  })

  test('has a history of its migrations, as of any database', async () => {
    const client = await connectAs(sandbox, 'dba')
    const { rows } = await client.query(
      `select name, outcome, acting_role from viruj_console.migration_history order by version`,
    )
    await client.end()
    const files = await readMigrationFiles(erpMigrationsFolder())
    expect(rows).toEqual(files.map(({ name }) => ({ name, outcome: 'done', acting_role: 'viruj_app' })))
  })

  test('streams each change to a standby that accepts no writes', async () => {
    const primary = await connectAs(sandbox, 'dba')
    const standby = await connectAs(sandbox, 'dba', 'standby')
    await primary.query(`insert into metadata (plant, key, value) values ('HYD-1', 'streamed', 'true')`)
    await expect
      .poll(async () => (await standby.query(`select value from metadata where key = 'streamed'`)).rows)
      .toEqual([{ value: true }])
    await expect(standby.query('delete from metadata')).rejects.toMatchObject({ code: '25006' })
    const { rows } = await primary.query(`
      select s.state, r.active from pg_stat_replication s, pg_replication_slots r where r.slot_name = s.application_name`)
    expect(rows).toEqual([{ state: 'streaming', active: true }])
    await Promise.all([primary.end(), standby.end()])
  })

  test.each([
    // Who, what, and what comes of it.
    ['dba', 'update metadata set value = value', 'allowed'],
    ['dba', 'select password_hash from users', 'allowed'],
    ['dba', 'select count(*) from audit_logs', 'allowed'],
    ['dba', `update audit.event set reason = 'other'`, 'refused'],
    ['dba', 'delete from audit.event', 'refused'],
    ['dba', 'truncate documents', 'refused'],
    ['dba', 'select query from ops.pg_stat_statements limit 1', 'allowed'],
    ['dba', 'select * from viruj_console.migration_history limit 1', 'allowed'],
    ['dba', `insert into viruj_console.migration_history (version) values ('0001')`, 'refused'],
    ['reviewer', 'select * from viruj_console.migration_history limit 1', 'allowed'],
    ['operator', 'select * from viruj_console.migration_history limit 1', 'refused'],
    ['reviewer', 'select * from audit_logs limit 1', 'allowed'],
    ['reviewer', 'select * from documents limit 1', 'allowed'],
    ['reviewer', 'select * from metadata limit 1', 'allowed'],
    ['reviewer', 'select id, role from users limit 1', 'allowed'],
    ['reviewer', 'select password_hash from users', 'refused'],
    ['reviewer', 'select email from users', 'refused'],
    ['reviewer', 'select image from signatures', 'refused'],
    ['reviewer', 'select token_hash from auth_sessions', 'refused'],
    ['reviewer', 'select * from notifications', 'refused'],
    ['reviewer', 'update documents set payload = payload', 'refused'],
    ['reviewer', 'select * from ops.pg_stat_statements', 'refused'],
    ['operator', 'select * from documents limit 1', 'allowed'],
    ['operator', `update documents set state = 'pending', stored_at = null where id = 1`, 'allowed'],
    ['operator', 'select image from signatures limit 1', 'allowed'],
    ['operator', 'select * from metadata limit 1', 'allowed'],
    ['operator', 'select email from users limit 1', 'allowed'],
    ['operator', 'update documents set sha256 = sha256', 'refused'],
    ['operator', 'delete from documents', 'refused'],
    ['operator', 'update metadata set value = value', 'refused'],
    ['operator', 'select * from audit_logs', 'refused'],
    ['operator', 'select password_hash from users', 'refused'],
    ['operator', 'select token_hash from auth_sessions', 'refused'],
    ['operator', 'create table public.mine ()', 'refused'],
    ['operator', 'create temporary table mine ()', 'refused'],
  ] as const)('%s: %s is %s', async (name, sql, outcome) => {
    expect(await attempt(name, sql)).toBe(outcome)
  })

  test('shows all ten plants to the DBA and the reviewer, and three to the operator', async () => {
    for (const [name, seen] of [
      ['dba', { plants: 10, sites: 40, documents: 5000 }],
      ['reviewer', { plants: 10, sites: 40, documents: 5000 }],
      [
        'operator',
        { plants: 3, sites: 12, documents: expect.toSatisfy((rows) => rows > 1000 && rows < 2000) },
      ],
    ] as const) {
      const client = await connectAs(sandbox, name)
      const { rows } = await client.query(`
        select count(distinct plant)::int as plants,
               (count(distinct (plant, site)) filter (where site is not null))::int as sites,
               (select count(*)::int from documents) as documents
          from metadata`)
      await client.end()
      expect([name, rows[0]]).toEqual([name, seen])
    }
  })

  test('belongs to an owner that a DBA may become to migrate, and that is no superuser', async () => {
    const client = await connectAs(sandbox, 'dba')
    await client.query('set role viruj_app')
    const { rows } = await client.query(`
      select pg_get_userbyid(datdba) as owner, rolsuper or rolcreaterole or rolcanlogin as more
        from pg_database, pg_roles where datname = current_database() and rolname = current_user`)
    await client.end()
    expect(rows).toEqual([{ owner: 'viruj_app', more: false }])
  })

  test('keeps the bytes of each stored document in its bucket, but for the few that a reconciliation has to find', async () => {
    const { endpoint, bucket, ...key } = sandbox.storage
    const client = s3Client(endpoint, key)
    const newest = new Map<string, { bytes: number | undefined; version: string | undefined }>()
    for (
      let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | null = {};
      from !== null;
    ) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, ...from }),
      )
      for (const { Key = '', IsLatest, Size, VersionId } of page.Versions ?? []) {
        if (IsLatest) newest.set(Key, { bytes: Size, version: VersionId })
      }
      from = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : null
    }
    const dba = await connectAs(sandbox, 'dba')
    const { rows } = await dba.query(
      `select s3_key as key, bytes::int, sha256, content_type as type, s3_version as version from documents where state = 'stored' order by id`,
    )
    await dba.end()
    const differ = rows.filter(({ key, bytes, version }) => {
      const object = newest.get(key)
      newest.delete(key)
      return object?.bytes !== bytes || object?.version !== version
    })
    expect(differ).toHaveLength(2)
    expect([...newest.keys()]).toEqual(['scans/unsorted-1.txt', 'scans/unsorted-2.txt'])

    const damaged: string[] = []
    // The oldest of each plant, and some of each type.
    for (const { key, sha256, type } of [...rows.slice(0, 60), ...rows.slice(-60)]) {
      if (differ.some((row) => row.key === key)) continue
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const content = (await object.Body?.transformToByteArray()) ?? new Uint8Array()
      expect(object.ContentType).toBe(type)
      expect(await contentTypeOf(content, { name: key, bytes: content.length })).toBe(type)
      if (createHash('sha256').update(content).digest('hex') !== sha256) damaged.push(key)
    }
    expect(damaged).toHaveLength(1)
    client.destroy()
  })

  test('keeps its passwords in one file for its owner only', async () => {
    const file = join(home, 'sandbox', 'sandbox.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { superuserPassword, personas, storage } = JSON.parse(readFileSync(file, 'utf8'))
    const secrets: string[] = [
      superuserPassword,
      storage.secretAccessKey,
      ...personas.map((one: { password: string }) => one.password),
    ]
    expect(new Set(secrets).size).toBe(5)
    const replication = readFileSync(join(dirname(sandbox.caFile), 'replication.pgpass'), 'utf8')
      .trim()
      .split(':')
    secrets.push(replication.at(-1) ?? '')

    // Neither the logs, nor what a DBA can ask the server, tells any of them.
    const dba = await connectAs(sandbox, 'dba')
    const asked = await dba.query(`
      select string_agg(query, ' ') as told from ops.pg_stat_statements
      union all select string_agg(setting, ' ') from pg_settings`)
    await dba.end()
    const logs = ['primary.log', 'standby.log'].map((log) =>
      readFileSync(join(dirname(sandbox.caFile), log), 'utf8'),
    )
    const told = [...asked.rows.map((row) => row.told), ...logs].join(' ')
    expect(told).toContain('pg_stat_statements')
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
  })

  test('a second console is a guest, whose end stops nothing', async () => {
    const guest = await startConsole(home, 'open as guest')
    await guest.kill('SIGKILL')
    const here = await openSandbox({ home })
    expect(here).toMatchObject({
      guest: true,
      primary: sandbox.primary,
      standby: sandbox.standby,
      storage: sandbox.storage,
    })
    await here.close()
    const client = await connectAs(sandbox, 'reviewer')
    await client.end()
  })

  test('keeps data, ports and passwords when it is closed and opened again', async () => {
    const before = sandbox
    const dba = await connectAs(sandbox, 'dba')
    await dba.query(`insert into metadata (plant, key, value) values ('VIZ-1', 'kept', '1')`)
    await dba.end()
    await sandbox.close()
    expect(servers(home).filter(({ running }) => running)).toEqual([])

    const steps: string[] = []
    sandbox = await openSandbox({ home, onProgress: (step) => steps.push(step) })
    expect(steps).toEqual(['Starting the servers'])
    expect(sandbox).toMatchObject({
      primary: before.primary,
      standby: before.standby,
      personas: before.personas,
      storage: before.storage,
    })
    const standby = await connectAs(sandbox, 'dba', 'standby')
    expect((await standby.query(`select from metadata where key = 'kept'`)).rowCount).toBe(1)
    await standby.end()
  })

  test('stops its servers when the console is told to end', async () => {
    await sandbox.close()
    const console = await startConsole(home, 'open')
    expect(servers(home).map(({ running }) => running)).toEqual([true, true])
    await console.kill('SIGTERM')
    await expectNoServer(home)
    sandbox = await openSandbox({ home })
  })
})
