import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditIn } from '../support/command.ts'
import {
  createDatabase,
  createRole,
  isHere,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'

const reason = ['--reason', 'CR-1: orders are GxP']

/** A server that has never seen the ERP, nor its roles. */
describe.each([16, 18, 15, 14, 17] as const)('viruj-console audit init on PostgreSQL %s', (version) => {
  describe.skipIf(!isHere(version))('', () => {
    let server: TestServer
    let database: TestDatabase
    const home = newHome()
    beforeAll(async () => {
      server = await startServer({ version })
      database = await createDatabase({ on: server.address })
    })
    afterAll(() => server.stop())
    const audit = (...words: string[]) => auditIn(words, database.url, home)

    test('makes a trail in a database of others, whose tables are then recorded, sealed, verified and shown', async () => {
      const client = await database.client()
      await client.query(
        `create table users (id int primary key, email text, card text); insert into users values (1, 'ann@example.com', '4111')`,
      )
      expect(await audit('track', 'public.users', ...reason)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('audit init'),
      })
      expect(await audit('init')).toMatchObject({ code: 1, stderr: expect.stringContaining('--reason') })
      expect(await audit('init', ...reason)).toMatchObject({
        code: 0,
        stdout: 'The audit trail is made. Nothing is recorded yet: name each table with "audit track".',
      })
      expect(await audit('status')).toMatchObject({ code: 0, stdout: 'No table is recorded.' })
      expect((await client.query('select from audit.column_policy')).rowCount).toBe(0)

      expect(await audit('track', 'public.users', '--secret', 'card', ...reason)).toMatchObject({ code: 0 })
      await client.query(
        `insert into audit.column_policy (schema_name, table_name, column_name, shown) values ('public', 'users', 'email', 'mask');
         update users set card = '4242'; insert into users values (2, 'bob@example.com', '5500')`,
      )
      const { rows } = await client.query(
        `select op, row_pk, new_row ->> 'email' as email from public.audit_logs where table_name = 'users' and op not in ('DDL', 'NOTE') order by id`,
      )
      expect(rows).toEqual([
        { op: 'SNAPSHOT', row_pk: '1', email: 'a…m' },
        { op: 'UPDATE', row_pk: '1', email: null },
        { op: 'INSERT', row_pk: '2', email: 'b…m' },
      ])
      expect(await audit('seal')).toMatchObject({ code: 0 })
      expect(await audit('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Intact: /) })
      const check = await audit('check')
      expect(check.stdout).not.toMatch(/^(FAULT|warning)/m)
      expect(check).toMatchObject({ code: 0 })
    })

    test('is refused where there is a trail already, or a table of its name', async () => {
      expect(await audit('init', ...reason)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has the schema audit already'),
      })
      await using other = await createDatabase({ on: server.address })
      const client = await other.client()
      await client.query('create table public.audit_logs (mine text)')
      expect(await auditIn(['init', ...reason], other.url, home)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has public.audit_logs already'),
      })
      expect((await client.query(`select to_regnamespace('audit') as made`)).rows).toEqual([{ made: null }])
    })

    test('by who may not make roles and schemas leaves nothing behind', async () => {
      await using other = await createDatabase({ on: server.address })
      await using clerk = await createRole({ on: server.address })
      const url = new URL(other.url)
      url.username = clerk.user
      url.password = clerk.password
      expect(await auditIn(['init', ...reason], url.href, home)).toMatchObject({ code: 1 })
      const client = await other.client()
      const { rows } = await client.query(
        `select to_regnamespace('audit') as audit, to_regclass('public.audit_logs') as logs`,
      )
      expect(rows).toEqual([{ audit: null, logs: null }])
    })

    test('prints what it would run, which does the same', async () => {
      await using other = await createDatabase({ on: server.address })
      const { code, stdout } = await auditIn(['init', '--dry-run'], other.url, home)
      expect(code).toBe(0)
      const client = await other.client()
      expect((await client.query(`select to_regnamespace('audit') as made`)).rows).toEqual([{ made: null }])
      await client.query(stdout)
      expect(await auditIn(['seal'], other.url, home)).toMatchObject({ code: 0 })
      expect(await auditIn(['check'], other.url, home)).toMatchObject({ code: 0 })
    })
  })
})
