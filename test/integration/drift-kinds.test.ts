import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src/main/migrations/drift/catalog-object.ts'
import { compareSnapshots } from '../../src/main/migrations/drift/compare.ts'
import { withMends } from '../../src/main/migrations/drift/mend/mend.ts'
import { mendingScript } from '../../src/main/migrations/drift/mend/mending-script.ts'
import { readSnapshotWithin } from '../../src/main/migrations/drift/snapshot.ts'
import type { Difference } from '../../src/shared/migrations.ts'
import { createGroupRoles } from '../support/domain.ts'
import { batchesOf } from '../support/drift-batches.ts'
import { changes } from '../support/drift-changes/all.ts'
import type { Change, Finds } from '../support/drift-changes/change.ts'
import {
  createDatabase,
  isHere,
  type ServerAddress,
  startServer,
  type TestDatabase,
} from '../support/postgres.ts'

const objects = readFileSync(new URL('../support/drift-objects.sql', import.meta.url), 'utf8')
const everyChange = Object.values(changes).flat()
const sides = ['mendDatabase', 'mendMigrations'] as const

/** What a test can compare: attributes of what is there on one side only are not named one by one. */
const brief = ({ change, kind, identity, attributes }: Difference): Finds => ({
  change,
  kind,
  identity,
  attributes: change === 'changed' ? attributes.map(({ name }) => name).toSorted() : [],
})
const named = ({ kind, identity }: Finds): string => `${kind} ${identity}`
const inOrder = (finds: readonly Finds[]): Finds[] => finds.toSorted((a, b) => (named(a) < named(b) ? -1 : 1))
const expectedOf = (batch: readonly Change[]): Finds[] =>
  inOrder(batch.flatMap(({ finds, also = [] }) => [finds, ...also]))

/** A database with the objects, and what is done in it undone again. */
const openStage = async (on?: ServerAddress) => {
  const database: TestDatabase = await createDatabase(on === undefined ? {} : { on })
  const client: pg.Client = await database.client()
  await createGroupRoles(client)
  await client.query(objects)
  const afterwards = async <Value>(
    scripts: readonly string[],
    look: () => Promise<Value>,
  ): Promise<Value> => {
    await client.query('begin')
    try {
      for (const script of scripts) await client.query(script)
      return await look()
    } finally {
      await client.query('rollback')
    }
  }
  const snapshotAfter = (...scripts: string[]): Promise<Snapshot> =>
    afterwards(scripts, () => readSnapshotWithin(client))
  return { expected: await snapshotAfter(), snapshotAfter, drop: () => database.drop() }
}
type Stage = Awaited<ReturnType<typeof openStage>>

const sqlOf = (batch: readonly Change[]): string =>
  batch.map(({ sql }) => `set local search_path = public; ${sql}`).join(';\n')

const find = async ({ expected, snapshotAfter }: Stage, batch: readonly Change[]) => {
  const actual = await snapshotAfter(sqlOf(batch))
  const differences = withMends(await compareSnapshots(expected, actual), expected, actual)
  return { actual, differences }
}

/** What is left of a batch's differences after all that can be mended was, either way. */
const mendBothWays = async (stage: Stage, batch: readonly Change[]) => {
  const { actual, differences } = await find(stage, batch)
  const script = (side: (typeof sides)[number]) =>
    `set local search_path = public; ${mendingScript(differences, side, stage.expected, actual)}`
  const database = await stage.snapshotAfter(sqlOf(batch), script('mendDatabase'))
  const migrations = await stage.snapshotAfter(script('mendMigrations'))
  return {
    mendDatabase: (await compareSnapshots(stage.expected, database)).map(brief),
    mendMigrations: (await compareSnapshots(actual, migrations)).map(brief),
  }
}

const undecided = (batch: readonly Change[], side: (typeof sides)[number]): string[] =>
  batch.filter((change) => change.undecided?.includes(side)).map(({ finds }) => named(finds))

describe('on PostgreSQL 16', () => {
  const batches = batchesOf(everyChange)
  const found = new Map<Change, Difference[]>()
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
    for (const batch of batches) {
      const { differences } = await find(stage, batch)
      for (const change of batch) found.set(change, differences)
    }
  })
  afterAll(() => stage?.drop())

  describe.each(Object.entries(changes))('%s', (_, list) => {
    test.each(list.map((change) => [change.what, change] as const))('%s: it is found', (_, change) => {
      const its = new Set([change.finds, ...(change.also ?? [])].map(named))
      const differences = (found.get(change) ?? []).filter((difference) => its.has(named(brief(difference))))
      expect(inOrder(differences.map(brief))).toEqual(expectedOf([change]))
      for (const side of sides) {
        const isDecided = differences.every((difference) => difference[side] !== null)
        expect(isDecided, side).toBe(!change.undecided?.includes(side))
      }
    })
  })

  test('nothing else is found', () => {
    for (const batch of batches) {
      const [first] = batch
      expect(inOrder((first && found.get(first))?.map(brief) ?? [])).toEqual(expectedOf(batch))
    }
  })

  test('mending SQL leaves no difference, whichever side it mends', async () => {
    for (const batch of batches) {
      const left = await mendBothWays(stage, batch)
      for (const side of sides) expect(left[side].map(named), side).toEqual(undecided(batch, side))
    }
  })
})

describe.each([14, 15, 17, 18] as const)('on PostgreSQL %i', (version) => {
  test.skipIf(!isHere(version))('a change of each kind is found, and mended either way', async () => {
    await using server = await startServer({ version })
    const stage = await openStage(server.address)
    // The largest batches have something of every kind.
    for (const batch of batchesOf(everyChange).slice(0, 2)) {
      const { differences } = await find(stage, batch)
      expect(inOrder(differences.map(brief))).toEqual(expectedOf(batch))
      const left = await mendBothWays(stage, batch)
      for (const side of sides) expect(left[side].map(named), side).toEqual(undecided(batch, side))
    }
    await stage.drop()
  })
})
