import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { CatalogDetail } from '../../src/shared/catalog.ts'
import { openCatalog, runSql } from '../support/catalog.ts'
import {
  createDatabase,
  isHere,
  type ServerAddress,
  startServer,
  type TestDatabase,
} from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const nasty = readFileSync(new URL('../support/catalog-objects.sql', import.meta.url), 'utf8')
// Without what comes with an extension: its own script makes that.
const folder = new URL('../../migrations/', import.meta.url)
const domain = readdirSync(folder)
  .filter((file) => file.endsWith('.up.sql'))
  .sort()
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n')
  .concat('drop extension pg_stat_statements;')

/** What no script can bring back: oids, numbers of columns behind dropped ones, sizes, statistics, how far a sequence has come. */
const measured = /Last value|size|Heap|Indexes|TOAST|rows|scans|Modified|Last (vacuum|analyze)|Age/

const lasting = (detail: CatalogDetail) => ({
  ...detail,
  object: { ...detail.object, oid: '', estimatedRows: null },
  columns: detail.columns.map((column, index) => ({
    ...column,
    number: index,
    nullFraction: null,
    distinct: null,
  })),
  indexes: detail.indexes.map((index) => ({ ...index, bytes: null })),
  // Default privileges and event triggers are no objects with a page and a script of their own.
  dependencies: detail.dependencies
    .filter(({ description }) => !/^(default privileges|event trigger) /.test(description))
    .map(({ direction, description }) => ({ direction, description })),
  facts: detail.facts.filter(({ label }) => !measured.test(label)),
})

/** Details of all objects, by kind and name, in an order in which nothing depends on oids. */
const readAll = async (on: TestDatabase): Promise<Map<string, CatalogDetail>> => {
  await using catalog = await openCatalog(on)
  const schemas = (await catalog.schemas(null, noAbort())).filter(({ isSystem }) => !isSystem)
  const details = new Map<string, CatalogDetail>()
  for (const object of [
    ...schemas.map(({ oid }) => ({ kind: 'schema', oid }) as const),
    ...(await catalog.extensions(null, noAbort())),
    ...(await catalog.everything()),
  ]) {
    const detail = await catalog.detail(object, noAbort())
    const { kind, schema, name, signature } = detail.object
    details.set(`${kind} ${schema}.${name}${signature}`, detail)
  }
  return details
}

/** The script of what is not there yet; of a sequence that a table makes, its grants only. */
const scriptOf = ({ ddl, facts }: CatalogDetail): string =>
  facts.some(({ label }) => label === 'Owned by')
    ? ddl
        .split('\n')
        .filter((line) => line.startsWith('GRANT '))
        .join('\n')
    : ddl

/** Runs each script as soon as what it depends on is there. */
const runScripts = async (client: pg.Client, details: CatalogDetail[]): Promise<void> => {
  let waiting = details.filter(({ object }) => object.name !== 'plpgsql')
  while (waiting.length > 0) {
    const failed: { detail: CatalogDetail; error: unknown }[] = []
    for (const detail of waiting) {
      try {
        await client.query(`begin; ${scriptOf(detail)} commit`)
      } catch (error) {
        await client.query('rollback')
        failed.push({ detail, error })
      }
    }
    if (failed.length === waiting.length) {
      const reasons = failed.map(
        ({ detail, error }) => `${detail.object.name}: ${error}\n${scriptOf(detail)}`,
      )
      throw new Error(`These scripts do not run:\n${reasons.join('\n')}`)
    }
    waiting = failed.map(({ detail }) => detail)
  }
}

const roundTrip = async (sql: string, on?: ServerAddress) => {
  await using source = await createDatabase(on === undefined ? {} : { on })
  await using target = await createDatabase(on === undefined ? {} : { on })
  await runSql(source, sql)
  const before = await readAll(source)
  const client = await target.client()
  await client.query(`
    drop schema public;
    create foreign data wrapper elsewhere;
    create server "Far away" foreign data wrapper elsewhere`)
  await runScripts(client, [...before.values()])
  const after = await readAll(target)
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
  for (const [name, detail] of before) {
    const again = after.get(name)
    expect(again && lasting(again), name).toEqual(lasting(detail))
  }
  return before
}

describe('DDL, run into an empty database,', () => {
  test('gives every object of a schema full of rare features back as it was', async () => {
    const details = await roundTrip(nasty)
    expect(details.size).toBeGreaterThan(30)
  })

  test('gives the domain schema back as it was', async () => {
    const details = await roundTrip(domain)
    expect(details.size).toBeGreaterThan(7)
  })

  describe.each([14, 15, 17] as const)('on PostgreSQL %i', (version) => {
    test.skipIf(!isHere(version))('does the same', async () => {
      await using server = await startServer({ version })
      const details = await roundTrip(nasty, server.address)
      // A partition of a partition has its trigger from the root.
      expect(
        [...details.values()].find(({ object }) => object.name === 'measured_2026_0')?.triggers,
      ).toMatchObject([{ name: 'stamped' }])
      // The oldest one is where a migration would stumble.
      if (version === 14) await roundTrip(domain, server.address)
    })
  })
})
