import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src/main/migrations/drift/catalog-object.ts'
import { compareSnapshots } from '../../src/main/migrations/drift/compare.ts'
import { readSnapshotWithin } from '../../src/main/migrations/drift/snapshot.ts'
import type { Difference } from '../../src/shared/migrations.ts'
import { createGroupRoles } from '../support/domain.ts'
import { type History, histories } from '../support/drift-histories.ts'
import { createDatabase, isHere, type ServerAddress, startServer } from '../support/postgres.ts'

/** What a role or a database may set, and decides how the server prints names and values. */
const oddSettings = `
  set local timezone = 'Asia/Kolkata'; set local datestyle = 'German'; set local intervalstyle = 'iso_8601';
  set local bytea_output = 'escape'; set local extra_float_digits = -3; set local quote_all_identifiers = on;
  set local search_path = h0, h1, h2, h3`

/** A snapshot of all histories, each in the schema of its number, built by one of its two ways. */
const build = async (
  way: 'once' | 'grown',
  { on, settings = '' }: { on?: ServerAddress; settings?: string } = {},
): Promise<Snapshot> => {
  await using database = await createDatabase(on === undefined ? {} : { on })
  const client = await database.client()
  await createGroupRoles(client)
  await client.query('begin')
  for (const [number, history] of histories.entries()) {
    const schema = `h${number}`
    await client.query(
      `create schema ${schema}; grant all on schema ${schema} to viruj_app; set local search_path = ${schema}`,
    )
    await client.query(history[way].replaceAll(':schema', schema))
  }
  await client.query(settings)
  return await readSnapshotWithin(client, { database: 'erp' })
}

const brief = ({ change, kind, identity, attributes }: Difference) => ({ change, kind, identity, attributes })

describe('two ways to the same schema show no drift', () => {
  let differences: Difference[] = []
  beforeAll(async () => {
    differences = await compareSnapshots(await build('once'), await build('grown', { settings: oddSettings }))
  })

  test.each(histories.map((history, number) => [history.what, history, number] as const))(
    '%s',
    (_, _history: History, number) => {
      const ofIts = new RegExp(`\\bh${number}\\b`)
      expect(differences.filter(({ identity }) => ofIts.test(identity)).map(brief)).toEqual([])
    },
  )

  test('nor does anything around them', () => {
    expect(differences.map(brief)).toEqual([])
  })
})

describe.each([14, 15, 17, 18] as const)('between PostgreSQL 16 and %i', (version) => {
  let server: Awaited<ReturnType<typeof startServer>> | undefined
  afterAll(() => server?.stop())

  test.skipIf(!isHere(version))('the same schema shows no drift', async () => {
    server = await startServer({ version })
    const there = await build('grown', { on: server.address, settings: oddSettings })
    const here = await build('once')
    expect((await compareSnapshots(here, there)).map(brief)).toEqual([])
    expect((await compareSnapshots(there, here)).map(brief)).toEqual([])
  })
})
