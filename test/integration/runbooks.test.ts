import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServices } from '../../src/main/api/services.ts'
import { describeProbes } from '../../src/main/operations/operations.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { runbookIds } from '../../src/shared/runbooks.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const reason = 'Nothing stands out'

let database: TestDatabase
let owner: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  owner = await database.client()
  await applySchema(owner)
})
afterAll(() => database.drop())

test('every step of a runbook asks probes that there are', async () => {
  await using session = await openTestSession(database)
  const { runbooks } = createServices(session, { home: newHome() })
  const known = new Set(describeProbes({}).map(({ id }) => id))
  const steps = (await runbooks.list()).flatMap((runbook) => runbook.steps)
  expect(steps.flatMap(({ probes }) => probes).filter((id) => !known.has(id))).toEqual([])
})

test.each(runbookIds)(
  'the %s run has a verdict for each step, is signed once, and leaves an event with notes and reason',
  async (id) => {
    await using session = await openTestSession(database, { readOnly: false })
    const { runbooks } = createServices(session, { home: newHome() })
    const run = await runbooks.run({ id, thresholds: {} }, noAbort())
    expect(run.signed).toBeNull()
    for (const { probes, verdict, reports } of run.steps) {
      expect(reports.map((report) => report.id).toSorted()).toEqual(probes.toSorted())
      expect(verdict === null).toBe(probes.length === 0)
    }
    const [step] = run.steps
    const signed = await runbooks.sign(
      { runId: run.runId, notes: { [step?.id ?? '']: 'As yesterday' }, reason },
      noAbort(),
    )
    expect(signed).toMatchObject({
      signed: { reason, recording: { isRecorded: true } },
      steps: [{ note: 'As yesterday' }, ...run.steps.slice(1)],
    })
    const { rows } = await owner.query('select op, new_row, reason from audit.event order by id desc limit 1')
    expect(rows[0]).toMatchObject({
      op: 'ACCESS',
      reason,
      new_row: { what: 'sign runbook', runbook: id, verdict: run.verdict },
    })
    expect(rows[0].new_row.steps[0]).toEqual({ step: step?.id, verdict: step?.verdict, note: 'As yesterday' })
    await expect(runbooks.sign({ runId: run.runId, notes: {}, reason }, noAbort())).rejects.toMatchObject({
      code: 'CONFLICT',
    })

    const { pdf } = await runbooks.pdf({ runId: run.runId })
    expect(Buffer.from(pdf, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
  },
)

test('who may not record a signature does not sign, nor does a read-only connection', async () => {
  await using role = await createRole({ as: 'in role pg_monitor' })
  await owner.query(`grant connect on database "${database.database}" to "${role.user}"`)
  await using session = await openTestSession({ ...database, ...role }, { readOnly: false })
  const { runbooks } = createServices(session, { home: newHome() })
  const { runId } = await runbooks.run({ id: 'daily', thresholds: {} }, noAbort())
  await expect(runbooks.sign({ runId, notes: {}, reason }, noAbort())).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })

  await using looking = await openTestSession(database)
  const { runbooks: theirs } = createServices(looking, { home: newHome() })
  const run = await theirs.run({ id: 'daily', thresholds: {} }, noAbort())
  await expect(theirs.sign({ runId: run.runId, notes: {}, reason }, noAbort())).rejects.toMatchObject({
    code: 'READ_ONLY',
  })
  await owner.query(`drop owned by "${role.user}"`)
})
