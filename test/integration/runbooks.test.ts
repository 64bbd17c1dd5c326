import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServices } from '../../src/main/api/services.ts'
import { describeProbes } from '../../src/main/operations/operations.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { checklists, countSteps, isByHand, noMark } from '../../src/shared/runbooks.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
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

test.each(checklists)(
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
    const mark = { note: 'As yesterday', isDone: true }
    await runbooks.mark({ runId: run.runId, step: step?.id ?? '', before: noMark, mark }, noAbort())
    const signed = await runbooks.sign({ runId: run.runId, reason }, noAbort())
    expect(signed).toMatchObject({
      signed: { reason, by: database.user, recording: { isRecorded: true } },
      steps: [mark, ...run.steps.slice(1)],
    })
    const { rows } = await owner.query(
      `select op, new_row, reason from audit.event where op = 'ACCESS' order by id desc limit 1`,
    )
    expect(rows[0]).toMatchObject({
      op: 'ACCESS',
      reason,
      new_row: { what: 'sign runbook', runbook: id, run: run.runId, verdict: run.verdict },
    })
    expect(rows[0].new_row.steps[0]).toEqual({
      step: step?.id,
      verdict: step?.verdict,
      done: true,
      note: 'As yesterday',
    })
    await expect(runbooks.sign({ runId: run.runId, reason }, noAbort())).rejects.toMatchObject({
      code: 'CONFLICT',
    })

    const { pdf } = await runbooks.pdf({ runId: run.runId }, noAbort())
    expect(Buffer.from(pdf, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
  },
)

test('who may not record a signature does not sign, nor does a read-only connection', async () => {
  await using role = await createRole({ as: 'in role pg_monitor' })
  await owner.query(`grant connect on database "${database.database}" to "${role.user}"`)
  await using session = await openTestSession({ ...database, ...role }, { readOnly: false })
  const { runbooks } = createServices(session, { home: newHome() })
  const { runId, keeping } = await runbooks.run({ id: 'daily', thresholds: {} }, noAbort())
  expect(keeping).toMatchObject({ isKept: false, text: expect.stringContaining('Members of viruj_dba may') })
  await expect(runbooks.sign({ runId, reason }, noAbort())).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })

  await using looking = await openTestSession(database)
  const { runbooks: theirs } = createServices(looking, { home: newHome() })
  const run = await theirs.run({ id: 'daily', thresholds: {} }, noAbort())
  expect(run.keeping).toMatchObject({ isKept: false, text: expect.stringContaining('is read-only') })
  await expect(theirs.sign({ runId: run.runId, reason }, noAbort())).rejects.toMatchObject({
    code: 'READ_ONLY',
  })
  await owner.query(`drop owned by "${role.user}"`)
})

describe('runs that are kept', () => {
  const people: TestRole[] = []
  beforeAll(async () => {
    for (let number = 0; number < 2; number += 1) {
      people.push(await createRole({ as: 'in role viruj_dba, pg_monitor' }))
    }
  })
  afterAll(async () => {
    for (const role of people) await role.drop()
  })
  const open = async (place: 0 | 1) => {
    const role = people[place]
    if (role === undefined) throw new Error('nobody is there')
    const session = await openTestSession({ ...database, ...role }, { readOnly: false })
    return {
      ...createServices(session, { home: newHome() }).runbooks,
      user: role.user,
      [Symbol.asyncDispose]: () => session.close('user'),
    }
  }

  test('a run that nobody signed outlives its session, and another DBA goes on with it', async () => {
    let runId: string
    let starter: string
    {
      await using first = await open(0)
      const run = await first.run({ id: 'deployment', thresholds: {} }, noAbort())
      expect(run.keeping.isKept).toBe(true)
      ;({ runId } = run)
      starter = first.user
      const mark = { note: 'At 0019', isDone: true }
      await first.mark({ runId, step: 'migrate', before: noMark, mark }, noAbort())
    }
    await using second = await open(1)
    const { keeping, runs } = await second.runs({ id: 'deployment' }, noAbort())
    expect(keeping.isKept).toBe(true)
    const run = await second.get({ runId }, noAbort())
    const summary = runs.find((one) => one.runId === runId)
    expect(summary).toMatchObject({ by: starter, signed: null, ...countSteps(run.steps) })
    expect(countSteps(run.steps).notDone).toBe(run.steps.slice(1).filter(isByHand).length)
    expect(run.steps[0]).toMatchObject({ note: 'At 0019', isDone: true })
    expect(run.steps[1]?.reports.length).toBe(2)
    // Who did not see the first one's note does not write over it.
    const other = { note: 'At 0018', isDone: true }
    await expect(
      second.mark({ runId, step: 'migrate', before: noMark, mark: other }, noAbort()),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    const signed = await second.sign({ runId, reason }, noAbort())
    expect(signed).toMatchObject({
      by: starter,
      signed: { by: second.user, reason },
      steps: [{ note: 'At 0019' }, {}, {}, {}],
    })
    const late = { runId, step: 'secrets', before: noMark, mark: other }
    await expect(second.mark(late, noAbort())).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await second.pdf({ runId }, noAbort())).pdf.length).toBeGreaterThan(1000)

    const { rows } = await owner.query(
      `select op, actor, reason, new_row from audit.event where table_name = 'runbook_run' and row_pk = $1 order by id`,
      [runId],
    )
    // What was found may name people: of that the trail has a digest.
    expect(rows).toMatchObject([
      {
        op: 'INSERT',
        actor: starter,
        new_row: { runbook: 'deployment', steps: { hmac: expect.any(String) } },
      },
      { op: 'UPDATE', actor: starter, new_row: { marks: { migrate: { note: 'At 0019' } } } },
      { op: 'UPDATE', actor: second.user, reason, new_row: { reason, signed_by: second.user } },
    ])
  })

  test('nobody changes a signed run or takes a run away, not even by SQL', async () => {
    await using dba = await open(0)
    const { runId } = await dba.run({ id: 'daily', thresholds: {} }, noAbort())
    const { runId: unsigned } = await dba.run({ id: 'daily', thresholds: {} }, noAbort())
    await dba.sign({ runId, reason }, noAbort())
    const client = await database.client(people[0])
    const attempt = async (as: pg.Client, statement: string) => {
      await as.query('begin')
      try {
        await as.query(statement)
        return 'done'
      } catch (error) {
        return error instanceof pg.DatabaseError ? error.code : error
      } finally {
        await as.query('rollback')
      }
    }
    const changes = [
      `update ops.runbook_run set steps = '[]' where id = '${runId}'`,
      `update ops.runbook_run set marks = '{}' where id = '${runId}'`,
      `update ops.runbook_run set reason = 'Another one' where id = '${runId}'`,
    ]
    for (const change of changes) expect([change, await attempt(client, change)]).toEqual([change, '55000'])
    const forged = [
      `delete from ops.runbook_run`,
      `update ops.runbook_run set signed_by = 'somebody' where id = '${unsigned}'`,
      `update ops.runbook_run set started_by = 'somebody' where id = '${unsigned}'`,
      `insert into ops.runbook_run (id, runbook, title, server, verdict, steps, reason)
       values (gen_random_uuid(), 'daily', 'Daily check', 's', 'ok', '[]', 'Signed at once')`,
    ]
    for (const change of forged) expect([change, await attempt(client, change)]).toEqual([change, '42501'])
    // The owner, a superuser, and one who replays changes: the trigger always fires.
    for (const as of ['set local role viruj_app', 'select', 'set local session_replication_role = replica']) {
      for (const change of [
        ...changes,
        `update ops.runbook_run set signed_at = null, signed_by = null, reason = null where id = '${runId}'`,
        `update ops.runbook_run set started_by = 'somebody' where id = '${unsigned}'`,
        `delete from ops.runbook_run where id = '${unsigned}'`,
      ]) {
        expect([as, change, await attempt(owner, `${as}; ${change}`)]).toEqual([as, change, '55000'])
      }
      // By the recording.
      expect([as, await attempt(owner, `${as}; truncate ops.runbook_run`)]).toEqual([as, 'AU003'])
    }
    // Who signs is the server's word, whoever says otherwise.
    const { rows } = await owner.query(
      `update ops.runbook_run set reason = 'By SQL', signed_by = 'somebody', signed_at = '2001-01-01Z' where id = $1
       returning signed_by, signed_at > now() - interval '1 minute' as "isNow"`,
      [unsigned],
    )
    expect(rows).toEqual([{ signed_by: database.user, isNow: true }])
  })

  test('a review of backups is an event that names them, stays as it is, and is missed once it is overdue', async () => {
    const { rows: recorded } = await owner.query(`
      insert into ops.backup_run (tool, label, kind, started_at, finished_at, outcome)
      select 'other', label, 'full', now() - interval '1 hour', now(), 'succeeded' from unnest('{one,two}'::text[]) label
      returning id::text`)
    const backups: string[] = recorded.map(({ id }) => id)
    const role = people[0]
    await using session = await openTestSession({ ...database, ...role }, { readOnly: false })
    const { operations, operationsActions } = createServices(session, { home: newHome() })
    const report = async () => {
      const { reports } = await operations.run({ ids: ['backup-reviews'], thresholds: {} }, noAbort())
      return reports[0]
    }
    expect(await report()).toMatchObject({ verdict: 'warn', summary: 'Nobody has reviewed the backups yet.' })
    // Of a review of long ago nobody has to be told what it was.
    await owner.query(
      `insert into ops.backup_review (backups, verdict, note, next_due, reviewed_at)
       values ($1, 'accepted', 'Long ago', current_date - 20, now() - interval '30 days')`,
      [backups],
    )
    expect(await report()).toMatchObject({
      verdict: 'critical',
      findings: [{ text: expect.stringMatching(/^A review of backups was due on .*, 20 days ago/) }],
    })

    const review = { backups, verdict: 'objected', nextDue: '2999-12-31', reason } as const
    await expect(
      operationsActions.reviewBackups({ ...review, backups: [...backups, '999999'] }, noAbort()),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await operationsActions.reviewBackups(review, noAbort())).toMatchObject({
      text: 'The review of 2 backups is recorded: objected. The next one is due on 2999-12-31.',
      recording: { isRecorded: true },
    })
    expect(await report()).toMatchObject({
      verdict: 'warn',
      findings: [{ text: `${role?.user} objected in the last review: ${reason}` }],
      rows: [{ reviewedBy: role?.user, count: 2, nextDue: '2999-12-31' }, { note: 'Long ago' }],
    })
    const { rows } = await owner.query(
      `select actor, reason, new_row from audit.event where new_row ->> 'what' = 'review backups'`,
    )
    expect(rows).toMatchObject([
      {
        actor: role?.user,
        reason,
        new_row: {
          verdict: 'objected',
          next_due: '2999-12-31',
          backups: [{ label: 'one' }, { label: 'two' }],
        },
      },
    ])
    const client = await database.client(role)
    for (const change of [
      'delete from ops.backup_review',
      `update ops.backup_review set verdict = 'accepted'`,
    ]) {
      await expect(client.query(change)).rejects.toMatchObject({ code: '42501' })
      await expect(owner.query(change)).rejects.toMatchObject({ code: 'AU003' })
    }
  })

  test('where there is no table for them they go with the session, and say so', async () => {
    const plain = await createDatabase()
    try {
      await using session = await openTestSession(plain, { readOnly: false })
      const { runbooks } = createServices(session, { home: newHome() })
      const { runId, keeping } = await runbooks.run({ id: 'deployment', thresholds: {} }, noAbort())
      expect(keeping).toMatchObject({
        isKept: false,
        text: expect.stringContaining('this database has no table ops.runbook_run'),
      })
      const mark = { note: 'By hand', isDone: true }
      await runbooks.mark({ runId, step: 'migrate', before: noMark, mark }, noAbort())
      const signed = await runbooks.sign({ runId, reason }, noAbort())
      expect(signed).toMatchObject({
        signed: { recording: { isRecorded: false } },
        steps: [mark, {}, {}, {}],
      })
      const { runs } = await runbooks.runs({ id: 'deployment' }, noAbort())
      expect(runs).toMatchObject([{ runId, signed: { reason }, keeping: { isKept: false } }])
    } finally {
      await plain.drop()
    }
  })

  test('what was begun on production before its name was typed is kept once it is signed', async () => {
    await using session = await openTestSession(database, { readOnly: false, environment: 'production' })
    const { runbooks } = createServices(session, { home: newHome() })
    const { runId, keeping } = await runbooks.run({ id: 'daily', thresholds: {} }, noAbort())
    expect(keeping.isKept).toBe(false)
    const mark = { note: 'Before', isDone: false }
    await runbooks.mark({ runId, step: 'locks', before: noMark, mark }, noAbort())
    session.confirmWrites({ database: database.database })
    await runbooks.sign({ runId, reason }, noAbort())
    const { rows } = await owner.query('select marks, reason from ops.runbook_run where id = $1', [runId])
    expect(rows).toEqual([{ marks: { locks: mark }, reason }])
  })
})
