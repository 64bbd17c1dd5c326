import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type DriftReport, driftReport } from '../../src/shared/migrations.ts'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import { createDatabase, startServer, type TestDatabase, type TestServer } from '../support/postgres.ts'
import { openTestSession, type TestSession } from '../support/session.ts'

let server: TestServer
let extensions: string

const setDefaultVersion = (version: string) =>
  writeFileSync(join(extensions, 'kept.control'), `default_version = '${version}'\nrelocatable = true\n`)

// A server of its own, on which nobody else makes roles and databases; from 18 on extensions may lie elsewhere.
beforeAll(async () => {
  const folder = mkdtempSync(join(inject('runFolder'), 'extensions-'))
  extensions = join(folder, 'extension')
  mkdirSync(extensions)
  for (const version of ['1.0', '1.1']) writeFileSync(join(extensions, `kept--${version}.sql`), 'select 1;')
  setDefaultVersion('1.0')
  for (const at of [folder, extensions]) chmodSync(at, 0o755)
  server = await startServer({
    version: 18,
    settings: { extension_control_path: `$system:${folder}` },
  })
  await using database = await createDatabase({ on: server.address })
  await (await database.client()).query('create role kept_early; create role kept_owner superuser')
})
afterAll(() => server?.stop())

type Drift = {
  database: TestDatabase
  session: TestSession
  client: pg.Client
  folder: string
  run: ReturnType<typeof migrationsOf>['run']
  check(): Promise<DriftReport>
}

/** Does `work` in a session on a new database to which `files` were applied. */
const withDrift = async (
  files: Record<string, string>,
  work: (drift: Drift) => Promise<void>,
  environment: 'development' | 'production' = 'development',
): Promise<void> => {
  await using database = await createDatabase({ on: server.address })
  const folder = migrationsFolder(files)
  {
    await using owner = await openTestSession(database, { readOnly: false })
    await migrationsOf(owner, folder).run()
  }
  await using session = await openTestSession(database, { readOnly: false, environment })
  const { migrations, run } = migrationsOf(session, folder)
  const check = async () => {
    const { error, result } = await ended(session, await migrations.drift(null))
    expect(error).toBeNull()
    return driftReport.parse(result)
  }
  await work({ database, session, client: await database.client(), folder, run, check })
}

const lines = ({ differences }: DriftReport): string[] =>
  differences.map(({ change, kind, identity }) => `${change} ${kind} ${identity}`)

test('while nothing has changed that the expected state comes from, a check makes no database, and sees every change', () =>
  withDrift({ '0001_a.up': 'create table a (b int)' }, async ({ client, check }) => {
    const first = await check()
    // CREATE DATABASE waits for this lock.
    await client.query('begin; lock table pg_database in share row exclusive mode')
    const second = await check()
    await client.query('commit')
    expect([first.differences, second.differences]).toEqual([[], []])
    expect(second.shadowMadeAt).toBe(first.shadowMadeAt)
    expect(second.checkedAt > first.checkedAt).toBe(true)
    await client.query('alter table a add c int')
    expect(lines(await check())).toEqual(['unexpected column public.a.c'])
  }))

/** What a migration may find around the database, as a condition in it, and how it comes about. */
const surroundings: Record<string, { condition: string; change: string }> = {
  database: {
    condition: `exists (select from pg_database where datname = 'kept_base')`,
    change: 'create database kept_base',
  },
  membership: {
    condition: `exists (select from pg_auth_members where member = 'kept_early'::regrole)`,
    change: 'grant pg_monitor to kept_early',
  },
  parameter: {
    condition: `has_parameter_privilege('kept_early', 'log_statement', 'set')`,
    change: 'grant set on parameter log_statement to kept_early',
  },
  role: {
    condition: `(select rolcanlogin from pg_roles where rolname = 'kept_early')`,
    change: 'alter role kept_early login',
  },
  role_setting: {
    condition: `current_setting('kept.mode', true) = 'on'`,
    change: `alter role all set kept.mode = 'on'`,
  },
  setting: {
    condition: `current_setting('work_mem') = '5MB'`,
    change: `alter system set work_mem = '5MB'`,
  },
  tablespace: {
    condition: `has_tablespace_privilege('kept_early', 'pg_default', 'create')`,
    change: 'grant create on tablespace pg_default to kept_early',
  },
}

test('what changed around the database makes the expected state anew', () => {
  const cases = Object.entries(surroundings)
  const sql = cases.map(
    ([name, { condition }]) => `if ${condition} then create table because_of_${name} (); end if;`,
  )
  return withDrift(
    {
      '0001_extension.up': 'create extension kept',
      '0002_found.up': `do $$ begin ${sql.join('\n')} end $$`,
    },
    async ({ client, check }) => {
      expect(lines(await check())).toEqual([])
      const made: string[] = []
      for (const [name, { change }] of cases) {
        await client.query(change)
        if (name === 'setting') {
          await client.query('select pg_reload_conf()')
          const read = async () => (await client.query('show work_mem')).rows[0]
          await expect.poll(read).toEqual({ work_mem: '5MB' })
        }
        made.push(`missing table public.because_of_${name}`)
        expect(lines(await check()), name).toEqual(made)
      }
      setDefaultVersion('1.1')
      expect(lines(await check())[0]).toBe('changed extension kept')
    },
  )
})

test('a migration that was changed, a new one and another role that migrates make it anew', () =>
  withDrift(
    { '0001_a.up': 'create table a ()', '0001_a.down': 'drop table a' },
    async ({ database, client, folder, run, check }) => {
      expect(await check()).toMatchObject({ version: '0001', differences: [] })

      await run('down')
      writeFileSync(join(folder, '0001_a.up.sql'), 'create table a (changed int)')
      await run()
      expect(await check()).toMatchObject({ version: '0001', differences: [] })

      writeFileSync(join(folder, '0002_b.up.sql'), 'create table b ()')
      writeFileSync(join(folder, '0002_b.down.sql'), 'drop table b')
      await run()
      expect(await check()).toMatchObject({ version: '0002', differences: [] })

      await client.query(`alter database "${database.database}" owner to kept_owner`)
      // Who migrated counts, not who would now.
      expect(await check()).toMatchObject({ differences: [] })
      await run('redo')
      expect(lines(await check())).toEqual(['changed table public.a'])
    },
  ))

test('what is changed while it is made, and changed back, is not taken for the same', () =>
  withDrift({ '0001_a.up': 'create table a ()' }, async ({ client, folder, run, check }) => {
    await client.query('create role kept_go')
    writeFileSync(
      join(folder, '0002_waits.up.sql'),
      `do $$ begin while not exists (select from pg_roles where rolname = 'kept_go') loop perform pg_sleep(0.02); end loop; end $$`,
    )
    await run()
    await client.query('drop role kept_go')
    const checkWithRole = async (): Promise<DriftReport> => {
      const checking = check()
      const waiting = async () => {
        const { rowCount } = await client.query(
          `select from pg_stat_activity where datname like 'viruj_shadow_%' and wait_event = 'PgSleep'`,
        )
        return rowCount
      }
      await expect.poll(waiting).toBe(1)
      await client.query('create role kept_go')
      const report = await checking
      await client.query('drop role kept_go')
      return report
    }
    const first = await checkWithRole()
    expect((await checkWithRole()).shadowMadeAt).not.toBe(first.shadowMadeAt)
  }))

test('once the session may write, the shadow is one of the same server', () =>
  withDrift(
    { '0001_a.up': 'create table a ()' },
    async ({ database, session, check }) => {
      const [first, second] = [await check(), await check()]
      expect(first).toMatchObject({ shadow: 'embedded', differences: [] })
      expect(first.notes).toEqual([expect.stringContaining('Nobody has typed the name')])
      expect(second).toMatchObject({ shadowMadeAt: first.shadowMadeAt, notes: first.notes })
      session.confirmWrites({ database: database.database })
      expect(await check()).toMatchObject({ shadow: 'same-server', differences: [], notes: [] })
    },
    'production',
  ))

test('a shadow that the server did not let be made is tried there again', () =>
  withDrift({ '0001_a.up': `comment on role kept_early is 'x'` }, async ({ check }) => {
    const [first, second] = [await check(), await check()]
    expect(first).toMatchObject({ shadow: 'embedded', differences: [] })
    expect(second.shadowMadeAt).not.toBe(first.shadowMadeAt)
  }))
