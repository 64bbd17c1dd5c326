import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { cliProgram } from '../support/cli.ts'
import { hasKeyring, keyringIn } from '../support/keyring.ts'
import { createRole, type ServerAddress, startServer, type TestServer } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { profileOf } from '../support/session.ts'

type Where = { url?: string; home?: string; environment?: NodeJS.ProcessEnv; within?: string[] }

/** The command as a person runs it. Its exit code and what it printed. */
const run = async (words: string[], { url, home = newHome(), environment = {}, within = [] }: Where) => {
  const env = {
    PATH: process.env.PATH,
    VIRUJ_CONSOLE_HOME: home,
    ...environment,
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  }
  const [file = '', ...line] = [...within, process.execPath, cliProgram, 'provision', ...words]
  try {
    const { stdout, stderr } = await promisify(execFile)(file, line, { env })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

const urlOf = (
  { superuser, password, host, port, caFile }: ServerAddress,
  as = { user: superuser, password },
) =>
  `postgresql://${as.user}:${as.password}@${host}:${port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`

const connect = async (
  { host, port, ca }: ServerAddress,
  as: { user: string; password: string },
  database: string,
  ssl: pg.ClientConfig['ssl'] = { ca },
) => {
  const client = new pg.Client({ host, port, ...as, database, ssl })
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}

describe('viruj-console provision', () => {
  let server: TestServer
  let owner: { user: string; password: string }
  let password = ''
  const networks = ['--application-networks', '127.0.0.1/32']

  beforeAll(async () => {
    server = await startServer({ version: 16, settings: { log_statement: 'all' } })
    owner = { user: server.address.superuser, password: server.address.password }
  })
  afterAll(() => server?.stop())

  const here = () => ({ url: urlOf(server.address) })
  const superuser = (database: string) => connect(server.address, owner, database)
  const application = (user: string, secret: string, database = 'viruj_erp', ssl?: false) =>
    connect(server.address, { user, password: secret }, database, ssl ?? { ca: server.address.ca })

  test('shows with --dry-run what it would run, with verifiers masked, and changes nothing', async () => {
    const { code, stdout } = await run(
      ['--dry-run', ...networks, '--people-networks', '10.30.0.0/16'],
      here(),
    )
    expect(code).toBe(2)
    expect(stdout).toContain('create database "viruj_erp" owner "viruj_app" template template0;')
    expect(stdout).toContain(`alter role "viruj_app_a" login password 'SCRAM-SHA-256$•••';`)
    expect(stdout.replaceAll(/ +/g, ' ')).toContain(
      [
        ' hostssl viruj_erp viruj_app_a,viruj_app_b 127.0.0.1/32 scram-sha-256',
        ' hostssl viruj_erp +viruj_dba,+viruj_reviewer,+viruj_operator 10.30.0.0/16 scram-sha-256',
        ' host all viruj_app_a,viruj_app_b all reject',
      ].join('\n'),
    )
    await using any = await superuser('postgres')
    const { rows } = await any.client.query(`select from pg_roles where rolname like 'viruj%'`)
    expect(rows).toEqual([])
  })

  test('makes an empty server ready, and tells the password once', async () => {
    const { code, stdout, stderr } = await run(networks, here())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    password = /Password of viruj_app_a, shown this once: ([\w-]{32})$/m.exec(stdout)?.[1] ?? ''
    expect(password).not.toBe('')
    expect(stdout.split(password)).toHaveLength(2)
  })

  test('lets the log-in do what the service may over TLS, after the migrations, and PUBLIC nothing', async () => {
    // The lines that the console prints, above all others.
    const { stdout } = await run(['--dry-run', '--json', ...networks], here())
    const { plan } = JSON.parse(stdout)
    expect(plan.script).toBe('')
    const hba = readFileSync(plan.accessRules.file, 'utf8')
    writeFileSync(plan.accessRules.file, `${plan.accessRules.lines.join('\n')}\n${hba}`)
    {
      await using any = await superuser('postgres')
      await any.client.query(plan.accessRules.reload)
      await using erp = await superuser('viruj_erp')
      await erp.client.query('set role viruj_app')
      await applySchema(erp.client)
    }
    await expect
      .poll(() => application('viruj_app_a', password, 'viruj_erp', false).then(() => 'let in', String))
      .toMatch(/pg_hba.conf rejects connection/)
    await using service = await application('viruj_app_a', password)
    const { client } = service
    await client.query(
      `insert into users (email, password_hash, role) values ('a@example.com', '$argon2id$x', 'service')`,
    )
    await client.query(`set audit.reason = 'A test'`)
    await client.query(`insert into metadata (plant, key, value) values ('HYD-1', 'zone', '"x"')`)
    await client.query('delete from metadata')
    for (const forbidden of [
      'drop table users',
      'create table mine ()',
      'alter table users disable trigger all',
      'select from audit_logs',
      'set role viruj_app',
      'select from ops.pg_stat_statements',
      'create temporary table mine ()',
    ]) {
      await expect(client.query(forbidden), forbidden).rejects.toMatchObject({ code: '42501' })
    }
    const { rows } = await client.query(
      `select current_setting('statement_timeout') as statement, ssl from pg_stat_ssl where pid = pg_backend_pid()`,
    )
    expect(rows).toEqual([{ statement: '30s', ssl: true }])
    await using stranger = await createRole({ on: server.address })
    await expect(connect(server.address, stranger, 'viruj_erp')).rejects.toMatchObject({ code: '42501' })
    // With its lines in the file the check is content.
    const again = JSON.parse((await run(['--dry-run', '--json', ...networks], here())).stdout)
    expect(again.plan.checks.find(({ id }: { id: string }) => id === 'hba application')).toMatchObject({
      outcome: 'ok',
    })
  })

  test('does nothing in a second run', async () => {
    const before = readFileSync(`${server.address.dataDir}.log`, 'utf8').length
    const { code, stdout } = await run([...networks, '--json'], here())
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, plan: { script: '' } })
    const said = readFileSync(`${server.address.dataDir}.log`, 'utf8').slice(before)
    expect(said).not.toMatch(/(?:statement|execute [^:]*): (?:\/\*.*?\*\/ )*(?:create|alter|grant|revoke)/i)
    expect(await run(networks, here())).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('to do'),
    })
  })

  test('gives a new password that works at once, and the old one no longer', async () => {
    const { code, stdout } = await run([...networks, '--new-password', '--json'], here())
    const told = JSON.parse(stdout)
    expect({ code, login: told.login, done: told.done }).toEqual({
      code: 0,
      login: 'viruj_app_a',
      done: ['Let viruj_app_a log in'],
    })
    await using _ = await application('viruj_app_a', told.password)
    await expect(application('viruj_app_a', password)).rejects.toMatchObject({ code: '28P01' })
  })

  test('says where it may not, and what would help', async () => {
    await using nobody = await createRole({ on: server.address })
    const words = [...networks, '--database', 'another', '--login', 'another']
    const { code, stdout } = await run(words, { url: urlOf(server.address, nobody) })
    expect(code).toBe(2)
    expect(stdout).toContain(
      `"${nobody.user}" has no CREATEROLE. Let a superuser run: alter role "${nobody.user}" createrole;`,
    )
  })

  test.each([
    [['--login', 'Bad Name'], '--login: Use small letters, digits and _'],
    [['--preset', 'debian'], '--application-networks: Name at least one network'],
    [['--reason', 'x', ...networks, '--new-password'], '--reason takes a text of 3 to 500 characters'],
  ])('refuses %j', async (words, said) => {
    const { code, stdout, stderr } = await run(words, here())
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(said)
  })

  test('keeps to the word of a saved connection: read-only, production', async () => {
    const home = newHome()
    const on = { ...server.address, database: 'postgres', user: owner.user }
    const saved = (changes: Partial<ReturnType<typeof profileOf>>) => ({
      ...profileOf(on, changes),
      hasSecret: false,
    })
    writeFileSync(
      join(home, 'profiles.json'),
      JSON.stringify({
        version: 1,
        profiles: [
          saved({ id: 'a', name: 'reads', readOnly: true }),
          saved({ id: 'b', name: 'live', readOnly: false, environment: 'production' }),
        ],
      }),
    )
    // A role that needs no password, for connections whose password is nowhere.
    await using any = await superuser('postgres')
    const loaded = async () => (await any.client.query('select pg_conf_load_time()::text')).rows
    const before = await loaded()
    const file = (await any.client.query('show hba_file')).rows[0].hba_file
    writeFileSync(file, `host all ${owner.user} 127.0.0.1/32 trust\n${readFileSync(file, 'utf8')}`)
    await any.client.query('select pg_reload_conf()')
    await expect.poll(loaded).not.toEqual(before)
    const words = [...networks, '--new-password']
    expect((await run([...words, '--profile', 'reads'], { home })).stderr).toContain(
      'The connection reads is read-only.',
    )
    expect((await run([...words, '--profile', 'live', '--confirm', 'postgres'], { home })).stderr).toContain(
      'it needs --reason',
    )
    const { code } = await run(
      [...words, '--profile', 'live', '--confirm', 'postgres', '--reason', 'CHG-1'],
      { home },
    )
    expect(code).toBe(0)
  })

  test.skipIf(!hasKeyring)('saves the password in the keychain instead of printing it', async () => {
    const home = newHome()
    const keyring = keyringIn(join(home, 'keyring'))
    const words = [...networks, '--new-password', '--save', 'ERP service']
    const unlocked = { home, environment: keyring.environment, within: keyring.within('unlocked') }
    const { code, stdout } = await run(words, { ...here(), ...unlocked })
    expect(code).toBe(0)
    expect(stdout).toContain('The password of viruj_app_a is in the keychain, as "ERP service".')
    expect(stdout).not.toContain('shown this once')
    const { profiles } = JSON.parse(readFileSync(join(home, 'profiles.json'), 'utf8'))
    expect(profiles).toMatchObject([
      {
        name: 'ERP service',
        database: 'viruj_erp',
        user: 'viruj_app_a',
        tlsMode: 'verify-full',
        hasSecret: true,
      },
    ])
    // Only with the right password does it get as far as the plan.
    const through = await run(['--dry-run', ...networks, '--profile', 'ERP service'], unlocked)
    expect(through.stdout).toContain('Database viruj_erp, as viruj_app_a')
  })

  test('changes nothing when there is no keychain to save in', async () => {
    const words = [...networks, '--new-password', '--save', 'ERP service']
    const { code, stderr } = await run(words, {
      ...here(),
      environment: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('There is no keychain to save the password in. Nothing was changed.')
  })
})
