import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { driftReport } from '../../src/shared/migrations.ts'
import { foreignSql } from '../support/foreign-database.ts'
import { ended, migrationsFolder, migrationsOf } from '../support/migrations.ts'
import {
  createDatabase,
  hasPostgres15,
  type ServerAddress,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

const makeForeign = async (on: ServerAddress): Promise<TestDatabase> => {
  const database = await createDatabase({ on })
  await (await database.client()).query(foreignSql())
  return database
}

/** What somebody who takes over a database begins with: its dump. Kept to SQL: psql's own words go. */
const dump = ({ url, password }: TestDatabase): string =>
  execFileSync('/usr/lib/postgresql/15/bin/pg_dump', ['--schema-only', url], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: password },
    maxBuffer: 64 * 1024 * 1024,
  }).replaceAll(/^\\.*$/gm, '')

/** The files as their makers wrote them; a migration brings its own transaction. */
const asWritten = (): string => foreignSql().replaceAll(/^(START TRANSACTION|COMMIT);$/gm, '')

/** Begins a history at `sql`, and checks the database against it, after `change` where there is one. */
const baselineAndCheck = async (database: TestDatabase, sql: string, change = '') => {
  await (await database.client()).query(change)
  await using session = await openTestSession(database, { readOnly: false })
  const { migrations } = migrationsOf(session, migrationsFolder({ '0001_taken_over.up': sql }))
  const begun = await ended(session, await migrations.baseline({ to: null, reason: 'Taken over' }))
  expect(begun.error).toBeNull()
  const { error, result } = await ended(session, await migrations.drift(null))
  expect(error).toBeNull()
  return driftReport.parse(result)
}

describe('a schema that others made is taken over, and shows no drift', () => {
  let fifteen: TestServer | undefined
  let dumped = ''
  beforeAll(async () => {
    if (!hasPostgres15) return
    fifteen = await startServer({ version: 15 })
    await using database = await makeForeign(fifteen.address)
    dumped = dump(database)
  })
  afterAll(() => fifteen?.stop())

  const holds = async (on: ServerAddress, sql = hasPostgres15 ? dumped : asWritten()) => {
    await using database = await makeForeign(on)
    const { differences, objects } = await baselineAndCheck(database, sql)
    expect(differences).toEqual([])
    expect(objects).toBeGreaterThan(600)
  }

  test.skipIf(!hasPostgres15)('on PostgreSQL 15', async () => {
    if (fifteen !== undefined) await holds(fifteen.address)
  })

  test('on PostgreSQL 16', () => holds(inject('server')))

  test('on PostgreSQL 18', async () => {
    await using server = await startServer({ version: 18 })
    await holds(server.address)
  })

  test('also against the files as their makers wrote them', () => holds(inject('server'), asWritten()))

  test('and the check is not blind: two changes among all of it are found', async () => {
    await using database = await makeForeign(inject('server'))
    const { differences } = await baselineAndCheck(
      database,
      asWritten(),
      `alter table lease4 alter hostname type varchar(256);
       create or replace function createauditentrydhcp4(object_type_val varchar, object_id_val bigint, modification_type_val varchar)
         returns void language plpgsql as 'begin end'`,
    )
    expect(differences.map(({ change, kind, identity }) => `${change} ${kind} ${identity}`)).toEqual([
      'changed function public.createauditentrydhcp4(character varying,bigint,character varying)',
      'changed column public.lease4.hostname',
    ])
  })
})
