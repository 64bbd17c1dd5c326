import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAudit } from '../../src/main/audit/audit.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import {
  type AuditFilters,
  auditFilters,
  auditUnusualOutput,
  noAuditFilters,
} from '../../src/shared/audit.ts'
import { auditDaysOutput } from '../../src/shared/audit-days.ts'
import { auditRowFilters } from '../../src/shared/audit-row-filters.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const january = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }
const office = { zone: 'Asia/Kolkata', days: [1, 2, 3, 4, 5], from: '07:00', to: '19:00' }

describe('filters of the audit log', () => {
  let database: TestDatabase
  let reviewer: TestRole
  let browser: Browser
  let view: string
  beforeAll(async () => {
    database = await createDatabase()
    const client = await database.client()
    await applySchema(client)
    // Kolkata is 5:30 ahead. 2026-01-05 is a Monday.
    await client.query(`
      select audit.make_months(12, '2026-01-01Z');
      insert into audit.event (xid, ts, op, schema_name, table_name, row_pk, old_row, new_row, actor, acting_role, app, reason) values
        (71, '2026-01-05 01:30Z', 'INSERT', 'public', 'documents', '1', null, '{"id": 1, "site": "a"}', 'ann', 'viruj_operator', 'viruj-erp', 'new'),
        (72, '2026-01-05 01:29Z', 'UPDATE', 'public', 'documents', '1', '{"id": 1, "site": "a"}', '{"site": "b"}', 'ann', 'viruj_operator', 'viruj-console', null),
        (73, '2026-01-05 13:29Z', 'UPDATE', 'public', 'documents', '2', '{"id": 2, "site": "z", "a \\"b": 1}', '{"a \\"b": 2}', 'bob', 'viruj_dba', null, null),
        (73, '2026-01-05 13:30Z', 'DELETE', 'public', 'users', '1', '{"id": 1, "site": "a"}', null, 'bob', 'viruj_dba', '', 'left'),
        (74, '2026-01-03 06:00Z', 'DDL', null, null, null, null, null, 'bob', 'viruj_app', 'psql', 'a Saturday');
      insert into audit.event (xid, ts, op, schema_name, table_name, row_pk, actor, reason)
      select xid, '2026-02-02 06:00Z', 'DELETE', 'public', table_name, n::text, 'ann', 'old'
        from (values (81, 'users', 3), (82, 'users', 2), (83, 'documents', 2), (83, 'users', 2)) v (xid, table_name, rows), generate_series(1, rows) n`)
    reviewer = await createRole({ as: 'in role viruj_reviewer' })
    browser = await openBrowser(database, reviewer)
    view = await browser.oidOf('public.audit_logs')
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await database.drop()
    await reviewer.drop()
  })

  const cases: [string, Partial<AuditFilters>, number][] = [
    ['nothing', {}, 5],
    ['role', { roles: ['viruj_dba', 'viruj_app'] }, 3],
    ['row', { row: '1' }, 3],
    ['row and table', { row: '1', tables: [{ schema: 'public', table: 'documents' }] }, 2],
    ['column that was set or changed', { column: 'site' }, 2],
    ['column with any name', { column: 'a "b' }, 1],
    ['program', { apps: ['viruj-erp', ''] }, 2],
    ['any other program than the console, named or not', { withoutConsole: true }, 4],
    ['missing reason', { withoutReason: true }, 2],
    ['transaction', { transaction: '73' }, 2],
    ['time outside of working hours, in their zone', { outsideHours: office }, 3],
    ['days', { outsideHours: { ...office, days: [6], from: '00:00', to: '24:00' } }, 4],
    [
      'all of them together',
      { withoutReason: true, withoutConsole: true, actors: ['bob'], roles: ['viruj_dba'] },
      1,
    ],
    ['what contradicts itself', { withoutReason: true, ops: ['DDL'] }, 0],
  ]

  test.each(cases)('narrow time line and rows to the same events by %s', async (_, changes, events) => {
    const filters = auditFilters.parse({ ...noAuditFilters, ...changes })
    const audit = createAudit(browser.session.database)
    const { total } = await audit.timeline({ ...january, buckets: 3, part: null, filters }, noAbort())
    expect(total).toBe(events)
    const rows = await browser.stream(view, { filters: auditRowFilters(january, filters) })
    expect(rows).toHaveLength(events)
  })

  test('count roles and programs as what can be chosen', async () => {
    const { roles, apps } = await createAudit(browser.session.database).facets(january, noAbort())
    expect(roles).toEqual([
      { role: 'viruj_dba', events: 2 },
      { role: 'viruj_operator', events: 2 },
      { role: 'viruj_app', events: 1 },
    ])
    expect(apps.map(({ app }) => app)).toEqual(['', 'psql', 'viruj-console', 'viruj-erp'])
  })

  test('what is unusual is counted for the period: bulk deletes, new people, DDL, other programs, hours and reasons', async () => {
    const audit = createAudit(browser.session.database)
    const input = { from: '2026-01-05T00:00:00Z', to: january.to, bulk: 2, hours: office }
    expect(auditUnusualOutput.parse(await audit.unusual(input, noAbort()))).toEqual({
      bulkDeletes: [],
      newActors: ['ann'],
      ddl: 0,
      withoutConsole: 3,
      outsideHours: 2,
      withoutReason: 2,
    })
    const whole = await audit.unusual({ ...input, from: null }, noAbort())
    expect(whole).toMatchObject({ ddl: 1, newActors: [] })
    const february = { from: january.to, to: '2026-03-01T00:00:00Z' }
    const { bulkDeletes } = await audit.unusual({ ...february, bulk: 3, hours: office }, noAbort())
    expect(bulkDeletes).toEqual([{ transaction: '81', schema: 'public', table: 'users', rows: 3 }])
  })

  test('what a person did is counted by day of a zone, operation and table, the newest day first', async () => {
    const audit = createAudit(browser.session.database)
    const filters = { ...noAuditFilters, actors: ['bob'] }
    const input = { ...january, filters, zone: 'Pacific/Auckland' }
    // 13:29Z and 13:30Z of the 5th are the 6th in Auckland, which is 13 hours ahead in January.
    expect(auditDaysOutput.parse(await audit.days(input, noAbort()))).toEqual({
      days: [
        {
          from: '2026-01-05T11:00:00.000000Z',
          to: '2026-01-06T11:00:00.000000Z',
          events: 2,
          counts: [
            { op: 'DELETE', table: 'users', events: 1 },
            { op: 'UPDATE', table: 'documents', events: 1 },
          ],
        },
        {
          from: '2026-01-02T11:00:00.000000Z',
          to: '2026-01-03T11:00:00.000000Z',
          events: 1,
          counts: [{ op: 'DDL', table: null, events: 1 }],
        },
      ],
      older: 0,
    })
    const { days } = await audit.days({ ...input, filters: { ...filters, ops: ['DDL'] } }, noAbort())
    expect(days).toHaveLength(1)
  })

  test('the history of rows is offered where a table is recorded, and to who may read it', async () => {
    const audit = createAudit(browser.session.database)
    expect(await audit.recorded({ relation: await browser.oidOf('public.users') }, noAbort())).toBe(true)
    expect(await audit.recorded({ relation: view }, noAbort())).toBe(false)
  })

  test.each([
    { ...office, from: '19:00', to: '07:00' },
    { ...office, days: [] },
    { ...office, days: [8] },
    { ...office, zone: "UTC' or true --" },
  ])('refuse working hours that are none: %o', (outsideHours) => {
    expect(auditFilters.safeParse({ ...noAuditFilters, outsideHours }).success).toBe(false)
  })

  test('refuse a zone that the server does not know', async () => {
    const filters = { ...noAuditFilters, outsideHours: { ...office, zone: 'Atlantis/Poseidonis' } }
    const audit = createAudit(browser.session.database)
    await expect(
      audit.timeline({ ...january, buckets: 3, part: null, filters }, noAbort()),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})
