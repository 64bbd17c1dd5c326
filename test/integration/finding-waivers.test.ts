import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServices } from '../../src/main/api/services.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { ProbeReport } from '../../src/shared/operations.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const reason = 'CR-2210: the vendor needs it until the next release'
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

let database: TestDatabase
let owner: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  owner = await database.client()
  await applySchema(owner)
  await owner.query(`grant connect on database "${database.database}" to public`)
  await owner.query(
    `create function public.unpinned() returns int language sql security definer as 'select 1'`,
  )
})
afterAll(() => database.drop())

const open = async (on: { user: string; password: string }) => {
  const session = await openTestSession({ ...database, ...on }, { readOnly: false })
  const { operations, operationsActions } = createServices(session, { home: newHome() })
  return {
    async look(): Promise<ProbeReport> {
      const { reports } = await operations.run({ ids: ['definers'], thresholds: {} }, noAbort())
      const [report] = reports
      if (report === undefined) throw new Error('asked, and not answered')
      return report
    },
    waive: (finding: string, until: string | null) =>
      operationsActions.waiveFinding({ probe: 'definers', finding, until, reason }, noAbort()),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

test('an accepted finding is told with who, why and until when, is no part of the verdict, and counts again once it is taken back', async () => {
  const dba = await createRole({ as: 'in role viruj_dba' })
  await using desk = await open(dba)
  const before = await desk.look()
  const [finding] = before.findings
  expect(before.verdict).toBe('critical')
  expect(finding).toMatchObject({ waiver: null, isWaivable: true })
  const text = finding?.text ?? ''

  await expect(desk.waive(text, day(-2))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(await desk.waive(text, day(30))).toEqual({ text: `The finding is accepted until ${day(30)}.` })
  const accepted = await desk.look()
  expect(accepted.verdict).toBe('ok')
  expect(accepted.summary).toBe(`${before.summary} 1 finding accepted.`)
  expect(accepted.findings).toEqual([{ ...finding, waiver: { by: dba.user, reason, until: day(30) } }])
  const { rows } = await owner.query(
    `select reason, new_row ->> 'finding' as finding, actor from audit.event
      where table_name = 'finding_waiver' order by id desc limit 1`,
  )
  expect(rows).toEqual([{ reason, finding: text, actor: dba.user }])

  await desk.waive(text, null)
  expect(await desk.look()).toMatchObject({ verdict: 'critical', summary: before.summary })
})

test('one that ran out, or is of another finding, accepts nothing', async () => {
  const dba = await createRole({ as: 'in role viruj_dba' })
  await using desk = await open(dba)
  const text = (await desk.look()).findings[0]?.text ?? ''
  await desk.waive(`${text} `, day(3))
  await owner.query(
    `insert into ops.finding_waiver (probe, finding, reason, until, made_at)
     values ('definers', $1, 'long ago', current_date - 3, now() - interval '9 days')`,
    [text],
  )
  expect(await desk.look()).toMatchObject({ verdict: 'critical', findings: [{ waiver: null }] })
})

test('nobody changes a waiver, and who is no DBA neither sees nor makes one', async () => {
  await owner.query(
    `insert into ops.finding_waiver (probe, finding, reason, until) values ('definers', 'x', 'kept', current_date)`,
  )
  await expect(owner.query(`update ops.finding_waiver set until = until + 1`)).rejects.toThrow(/refused/)
  await expect(owner.query(`delete from ops.finding_waiver`)).rejects.toThrow(/refused/)
  const monitor = await createRole({ as: 'in role pg_monitor' })
  await using desk = await open(monitor)
  const { verdict, findings } = await desk.look()
  expect([verdict, findings[0]?.isWaivable]).toEqual(['critical', false])
  await expect(desk.waive(findings[0]?.text ?? '', day(1))).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })
})
