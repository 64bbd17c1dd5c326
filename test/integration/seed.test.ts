import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema, beforeAudit } from '../../src/main/sandbox/schema.ts'
import { seed } from '../../src/main/sandbox/seed.ts'
import { inspectImage } from '../../src/main/signatures/inspect-image.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const base = new Date('2026-11-22T15:00:00Z')
const tables = [
  'users',
  'metadata',
  'notifications',
  'documents',
  'signatures',
  'auth_sessions',
  'audit_logs',
]

const seeded = async (options: { scale?: number; base?: Date }): Promise<TestDatabase> => {
  const database = await createDatabase()
  const client = await database.client()
  await applySchema(client, 'up', { to: beforeAudit })
  await seed(client, options)
  return database
}

/** Rows and a checksum over all values of each table. */
const checksums = async (database: TestDatabase): Promise<Record<string, { rows: number; md5: string }>> => {
  const client = await database.client()
  await client.query(`set timezone = 'UTC'`)
  const all: Record<string, { rows: number; md5: string }> = {}
  for (const table of tables) {
    const { rows } = await client.query(
      `select count(*)::int as rows, md5(string_agg(t::text, chr(10) order by t::text)) as md5 from public.${table} t`,
    )
    all[table] = rows[0]
  }
  return all
}

describe('the seed', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await seeded({ base })
  })
  afterAll(() => database.drop())

  test('has the promised volumes', async () => {
    const sums = await checksums(database)
    expect(Object.fromEntries(Object.entries(sums).map(([table, { rows }]) => [table, rows]))).toEqual({
      users: 200,
      metadata: 1240,
      notifications: 8000,
      documents: 5000,
      signatures: 318,
      auth_sessions: 812,
      audit_logs: 50_000,
    })
    const client = await database.client()
    const { rows } = await client.query(`
      select count(distinct plant)::int as plants, count(distinct (plant, site)) filter (where site is not null)::int as sites
        from metadata`)
    expect(rows[0]).toEqual({ plants: 10, sites: 40 })
  })

  test('multiplies with its scale, and moves with its base', async () => {
    const less = { base: new Date(base.getTime() + 86_400_000), scale: 0.1 }
    await using other = await seeded(less)
    const { users, documents, audit_logs } = await checksums(other)
    expect([users?.rows, documents?.rows, audit_logs?.rows]).toEqual([200, 500, 5000])
    const client = await other.client()
    const { rows } = await client.query('select max(ts) as last from audit_logs')
    expect(rows).toEqual([{ last: less.base }])
  })

  test('names nobody outside the reserved domain', async () => {
    const client = await database.client()
    const { rows } = await client.query(`select email from users where email not like '%@example.com'`)
    expect(rows).toEqual([])
  })

  test('tells the events in the order of their times, up to the last hours and never in the future', async () => {
    const client = await database.client()
    const { rows } = await client.query(
      `select min(ts) > $1::timestamptz - interval '401 days' as starts,
              max(ts) between $1::timestamptz - interval '3 hours' and $1 as ends,
              count(*) filter (where ts > $1::timestamptz - interval '24 hours')::int as today,
              count(*) filter (where previous > ts)::int as inversions
         from (select ts, lag(ts) over (order by id) as previous from audit_logs) e`,
      [base],
    )
    expect(rows[0]).toMatchObject({ starts: true, ends: true, inversions: 0 })
    expect(rows[0].today).toBeGreaterThan(412 + 80)
  })

  test('tells of each row what follows from its event before, up to the row as it is', async () => {
    const client = await database.client()
    const { rows } = await client.query(`
      with event as (
        select id, table_name, row_pk, op, old_row,
               case op when 'UPDATE' then old_row || new_row when 'DELETE' then null else new_row end as image
          from audit_logs where op in ('INSERT', 'UPDATE', 'DELETE')
         union all
        select 1000000, 'documents', id::text, 'now', to_jsonb(d), null from documents d
         union all
        select 1000000, 'metadata', id::text, 'now', to_jsonb(m), null from metadata m
         union all
        select 1000000, 'users', id::text, 'now', to_jsonb(u), null from users u),
      paired as (
        select *, lag(image) over (partition by table_name, row_pk order by id) as kept from event)
      select table_name, op, array_agg(distinct l.key) as columns
        from paired cross join jsonb_each(kept) l left join jsonb_each(old_row) f on f.key = l.key
       where op = 'INSERT' or l.value <> f.value
       group by 1, 2`)
    expect(rows).toEqual([])
  })

  test('is the same for the same base, and comes into the audit trail as it is, its rows as snapshots', async () => {
    await using other = await seeded({ base })
    expect(await checksums(other)).toEqual(await checksums(database))
    const client = await other.client()
    await client.query(`set timezone = 'UTC'`)
    const sum = async () =>
      (
        await client.query(
          `select count(*)::int as n, md5(string_agg(concat_ws('|', id, ts, op, row_pk, old_row, new_row, actor, reason), ' ' order by id)) as sum
             from audit_logs where id <= 50000`,
        )
      ).rows
    const before = await sum()
    await applySchema(client, 'up', { after: beforeAudit })
    // Personal data is masked in the view, but none of it was in these events.
    expect(await sum()).toEqual(before)
    const { rows } = await client.query(
      `select table_name, count(*)::int as n from audit.event where op = 'SNAPSHOT' group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { table_name: 'auth_sessions', n: 812 },
      { table_name: 'documents', n: 5000 },
      { table_name: 'metadata', n: 1240 },
      { table_name: 'notifications', n: 8000 },
      { table_name: 'signatures', n: 318 },
      { table_name: 'users', n: 200 },
    ])
  })

  test('draws signatures that pass the gate', async () => {
    const client = await database.client()
    const { rows } = await client.query<{ image: Buffer }>('select image from signatures order by id limit 5')
    const limits = { bytes: 262_144, mediaTypes: ['image/png'], width: 2400, height: 1200 }
    for (const { image } of rows) {
      expect(inspectImage(image, limits)).toMatchObject({ width: 240, height: 80 })
    }
  })
})
