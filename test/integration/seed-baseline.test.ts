import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { seedBaseline } from '../../src/main/sandbox/seed-baseline.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'

const options = { plants: ['HYD-1', 'LYO-1'], sites: ['packaging', 'qc-lab'], withDocuments: true }

describe('viruj-console seed', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await applySchema(await database.client())
  })
  afterAll(() => database.drop())

  test('adds metadata and documents once, and leaves alone what is there', async () => {
    const client = await database.client()
    await client.query(
      `insert into metadata (plant, key, value) values ('LYO-1', 'time_zone', '"Europe/Paris"')`,
    )
    const values = 2 * (4 + 2 * 30)
    expect(await seedBaseline(client, options)).toEqual({
      metadata: { added: values - 1, kept: 1 },
      documents: { added: 12, kept: 0 },
    })
    const state = async () =>
      (
        await client.query(`
          select (select md5(string_agg(m::text, ' ' order by id)) from metadata m) as metadata,
                 (select md5(string_agg(d::text, ' ' order by id)) from documents d) as documents,
                 (select count(*)::int from users) as users`)
      ).rows
    const before = await state()
    expect(await seedBaseline(client, options)).toEqual({
      metadata: { added: 0, kept: values },
      documents: { added: 0, kept: 12 },
    })
    expect(await state()).toEqual(before)
    const { rows } = await client.query(`
      select (select value from metadata where plant = 'LYO-1' and key = 'time_zone') as zone,
             (select string_agg(distinct state, ' ') from documents) as states`)
    // No bucket has the bytes of a sample: it is not stored.
    expect(rows).toEqual([{ zone: 'Europe/Paris', states: 'pending' }])
  })

  test('adds no document where metadata alone is asked for', async () => {
    await using other = await createDatabase()
    const client = await other.client()
    await applySchema(client)
    await seedBaseline(client, { ...options, withDocuments: false })
    const { rows } = await client.query(
      'select (select count(*)::int from documents) as documents, (select count(*)::int from users) as users',
    )
    expect(rows).toEqual([{ documents: 0, users: 0 }])
  })

  test('is done by two at the same moment as by one', async () => {
    await using other = await createDatabase()
    await applySchema(await other.client())
    const both = await Promise.all(
      [await other.client(), await other.client()].map((client) => seedBaseline(client, options)),
    )
    expect(both[0]?.metadata.added).toBe(128 - (both[1]?.metadata.added ?? 0))
    expect(both[0]?.documents.added).toBe(12 - (both[1]?.documents.added ?? 0))
  })

  test('leaves nothing half done when the role may not write all of it', async () => {
    await using other = await createDatabase()
    const owner = await other.client()
    await applySchema(owner)
    await owner.query('revoke insert on users from viruj_dba')
    await using dba = await createRole({ as: 'in role viruj_dba' })
    await expect(seedBaseline(await other.client(dba), options)).rejects.toMatchObject({ code: '42501' })
    expect((await owner.query('select from metadata')).rowCount).toBe(0)
    await other.drop()
  })

  test('says what is missing in a database that was not migrated', async () => {
    await using empty = await createDatabase()
    await expect(seedBaseline(await empty.client(), options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      remedy: expect.stringContaining('migrate up'),
    })
  })
})
