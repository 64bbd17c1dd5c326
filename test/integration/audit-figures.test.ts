import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAudit } from '../../src/main/audit/audit.ts'
import { createMetadata } from '../../src/main/metadata/metadata.ts'
import { applySchema, beforeAudit } from '../../src/main/sandbox/schema.ts'
import {
  auditFacetsOutput,
  auditTimelineOutput,
  noAuditFilters as noFilters,
} from '../../src/shared/audit.ts'
import { metadataPlantsOutput } from '../../src/shared/metadata.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'

const everything = { from: null, to: null }

describe('figures of the domain', () => {
  let database: TestDatabase
  let session: TestSession
  beforeAll(async () => {
    database = await createDatabase()
    const client = await database.client()
    // Without the recording there are only the events of this test.
    await applySchema(client, 'up', { to: beforeAudit })
    await client.query(`
        insert into public.audit_logs (sysid, ts, op, schema_name, table_name, actor)
        select 1, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute',
               case when n % 10 = 0 then 'DELETE' else 'UPDATE' end, 'public',
               case when n % 2 = 0 then 'documents' else 'users' end, 'person-' || n % 3
          from generate_series(0, 599) n;
        insert into public.audit_logs (sysid, ts, op, actor) values (1, '2026-01-01 05:00:30Z', 'NOTE', 'person-0');
        insert into public.metadata (plant, site, key, value) values
          ('HYD-1', null, 'zone', '1'), ('HYD-1', 'north', 'zone', '1'), ('HYD-1', 'north', 'limit', '2'), ('PUN-2', 'a', 'b', '3')`)
    session = await openTestSession(database)
  })
  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    await database.drop()
  })

  test('an empty audit log has no time line and no facets', async () => {
    await using empty = await createDatabase()
    await applySchema(await empty.client(), 'up', { to: beforeAudit })
    await using emptySession = await openTestSession(empty)
    const audit = createAudit(emptySession.database)
    expect(
      await audit.timeline({ ...everything, buckets: 10, part: null, filters: noFilters }, noAbort()),
    ).toEqual({
      from: null,
      to: null,
      total: 0,
      buckets: [],
    })
    expect(await audit.facets(everything, noAbort())).toEqual({
      actors: [],
      tables: [],
      ops: [],
      roles: [],
      apps: [],
    })
  })

  test('parts of a time line have the buckets of the whole, and count each event once', async () => {
    const audit = createAudit(session.database)
    const asked = { ...everything, buckets: 7, filters: noFilters }
    const whole = await audit.timeline({ ...asked, part: null }, noAbort())
    const newest = await audit.timeline({ ...asked, part: { first: 4, last: 6 } }, noAbort())
    const { from, to } = newest
    const oldest = await audit.timeline({ ...asked, from, to, part: { first: 0, last: 3 } }, noAbort())
    expect({ from, to }).toEqual({ from: whole.from, to: whole.to })
    expect(newest.buckets.slice(0, 4).map(({ counts }) => counts)).toEqual([null, null, null, null])
    expect([...oldest.buckets.slice(0, 4), ...newest.buckets.slice(4)]).toEqual(whole.buckets)
    expect(oldest.total + newest.total).toBe(whole.total)
  })

  test('every event stands in exactly one bucket, and empty buckets are there', async () => {
    const audit = createAudit(session.database)
    const whole = auditTimelineOutput.parse(
      await audit.timeline({ ...everything, buckets: 7, part: null, filters: noFilters }, noAbort()),
    )
    expect(whole).toMatchObject({
      from: '2026-01-01T00:00:00.000000Z',
      to: '2026-01-01T09:59:00.000001Z',
      total: 601,
    })
    expect(whole.buckets).toHaveLength(7)
    const wide = await audit.timeline(
      {
        from: '2025-12-31T22:00:00Z',
        to: '2026-01-01T02:00:00Z',
        buckets: 4,
        part: null,
        filters: noFilters,
      },
      noAbort(),
    )
    expect(wide.buckets.map(({ from, counts }) => [from, counts])).toEqual([
      ['2025-12-31T22:00:00.000000Z', {}],
      ['2025-12-31T23:00:00.000000Z', {}],
      ['2026-01-01T00:00:00.000000Z', { UPDATE: 54, DELETE: 6 }],
      ['2026-01-01T01:00:00.000000Z', { UPDATE: 54, DELETE: 6 }],
    ])
    expect(
      await audit.timeline(
        {
          from: '2026-01-02T00:00:00Z',
          to: '2026-01-01T00:00:00Z',
          buckets: 4,
          part: null,
          filters: noFilters,
        },
        noAbort(),
      ),
    ).toMatchObject({ total: 0, buckets: [] })
  })

  test('filters narrow the time line together', async () => {
    const audit = createAudit(session.database)
    const total = async (filters: Partial<Parameters<typeof audit.timeline>[0]['filters']>) =>
      (
        await audit.timeline(
          { ...everything, buckets: 5, part: null, filters: { ...noFilters, ...filters } },
          noAbort(),
        )
      ).total
    expect(await total({ ops: ['DELETE', 'NOTE'] })).toBe(61)
    expect(await total({ actors: ['person-1'] })).toBe(200)
    expect(await total({ tables: [{ schema: 'public', table: 'users' }] })).toBe(300)
    expect(await total({ tables: [{ schema: 'other', table: 'users' }] })).toBe(0)
    expect(await total({ ops: ['DELETE'], tables: [{ schema: 'public', table: 'users' }] })).toBe(0)
  })

  test('facets count actors, tables and operations of the period', async () => {
    const audit = createAudit(session.database)
    const facets = auditFacetsOutput.parse(await audit.facets(everything, noAbort()))
    expect(facets.ops).toEqual([
      { op: 'UPDATE', events: 540 },
      { op: 'DELETE', events: 60 },
      { op: 'NOTE', events: 1 },
    ])
    expect(facets.tables).toEqual([
      { schema: 'public', table: 'documents', events: 300 },
      { schema: 'public', table: 'users', events: 300 },
    ])
    expect(facets.actors[0]).toEqual({ actor: 'person-0', events: 201 })
    const one = await audit.facets({ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:01:00Z' }, noAbort())
    expect(one).toMatchObject({
      actors: [{ actor: 'person-0', events: 1 }],
      tables: [{ schema: 'public', table: 'documents', events: 1 }],
      ops: [{ op: 'DELETE', events: 1 }],
    })
  })

  test('plants show their sites with the number of keys, what holds for the whole plant first', async () => {
    const plants = metadataPlantsOutput.parse(await createMetadata(session.database).plants(null, noAbort()))
    expect(plants).toEqual([
      {
        plant: 'HYD-1',
        keys: 3,
        sites: [
          { site: null, keys: 1 },
          { site: 'north', keys: 2 },
        ],
      },
      { plant: 'PUN-2', keys: 1, sites: [{ site: 'a', keys: 1 }] },
    ])
  })
})
