import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Snapshot } from '../../src/main/migrations/drift/catalog-object.ts'
import { compareSnapshots } from '../../src/main/migrations/drift/compare.ts'
import { readSnapshot } from '../../src/main/migrations/drift/snapshot.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { driftReport } from '../../src/shared/migrations.ts'
import { migrateIn } from '../support/command.ts'
import { createGroupRoles } from '../support/domain.ts'
import { foreignSql } from '../support/foreign-database.ts'
import { migrationsFolder } from '../support/migrations.ts'
import {
  createDatabase,
  isHere,
  type ServerAddress,
  startServer,
  type TestServer,
} from '../support/postgres.ts'

const versions = [14, 15, 16, 17, 18] as const
type Version = (typeof versions)[number]
const here = versions.filter(isHere)
const servers = new Map<Version, TestServer>()

beforeAll(async () => {
  for (const version of here.filter((one) => one !== 16)) servers.set(version, await startServer({ version }))
})
afterAll(async () => {
  for (const server of servers.values()) await server.stop()
})

const address = (version: Version): ServerAddress => servers.get(version)?.address ?? inject('server')

/** What there is after `fill` on an empty database of a version. */
const snapshotOf = async (
  version: Version,
  fill: (client: pg.Client) => Promise<unknown>,
): Promise<Snapshot> => {
  await using database = await createDatabase({ on: address(version) })
  const client = await database.client()
  await createGroupRoles(client)
  await fill(client)
  return await readSnapshot(client, { database: 'erp' })
}

const told = async (expected: Snapshot, actual: Snapshot): Promise<string[]> =>
  (await compareSnapshots(expected, actual)).flatMap(({ change, kind, identity, attributes }) =>
    attributes.map(
      ({ name, expected: wanted, actual: found }) =>
        `${change} ${kind} ${identity}: ${name} ${wanted} | ${found}`,
    ),
  )

const pairs = here.flatMap((one) => here.filter((other) => other > one).map((other) => [one, other] as const))

describe('there is no difference', () => {
  test.each([
    ["the ERP's migrations", (client: pg.Client) => applySchema(client)],
    ['what others made', (client: pg.Client) => client.query(foreignSql())],
  ])('between versions, of %s', async (_, fill) => {
    const snapshots = new Map<Version, Snapshot>()
    for (const version of here) snapshots.set(version, await snapshotOf(version, fill))
    for (const [one, other] of pairs) {
      const [expected, actual] = [snapshots.get(one), snapshots.get(other)]
      if (expected === undefined || actual === undefined) throw new Error('A version was not read.')
      expect(await told(expected, actual), `${one} and ${other}`).toEqual([])
      expect(await told(actual, expected), `${other} and ${one}`).toEqual([])
    }
  })
})

test('what a database has and no migration made becomes a migration that makes it', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query(foreignSql())
  await client.query(
    'create table counted (id serial primary key, n bigserial unique); alter table counted replica identity using index counted_n_key',
  )
  const on = ['--dir', migrationsFolder({})]
  const found = await migrateIn(['drift', ...on, '--write', 'as_found'], database.url)
  expect(found).toMatchObject({ code: 3, stdout: expect.stringContaining('unexpected table public.counted') })
  expect(found.stderr).toContain('0001_as_found.up.sql')
  const reason = ['--reason', 'It was there before']
  expect(await migrateIn(['baseline', ...on, ...reason], database.url)).toMatchObject({ code: 0 })
  expect(await migrateIn(['drift', ...on], database.url)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^At 0001: no drift\. Compared: \d{4} objects, with a shadow on the same server\.$/,
    ),
  })
  // A change by hand is adopted: the file is for the other databases, and in this one it is a fact already.
  await client.query('create table noted (id int primary key, what text); create index on noted (what)')
  expect(await migrateIn(['drift', ...on, '--write', 'noted'], database.url)).toMatchObject({ code: 3 })
  expect(await migrateIn(['baseline', ...on, '--to', '0002', ...reason], database.url)).toMatchObject({
    code: 0,
  })
  expect(await migrateIn(['drift', ...on], database.url)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('At 0002: no drift.'),
  })

  await client.query('alter table counted rename column n to "N"')
  const drifted = await migrateIn(['drift', ...on, '--json'], database.url)
  expect(drifted.code).toBe(3)
  const { differences } = driftReport.parse(JSON.parse(drifted.stdout))
  expect(differences.map(({ change, identity }) => `${change} ${identity}`)).toContain(
    'missing public.counted.n',
  )
})
