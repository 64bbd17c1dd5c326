import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSavedFilters } from '../../src/main/audit/saved-filters.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { noAuditFilters } from '../../src/shared/audit.ts'
import { savedFilterLimit } from '../../src/shared/audit-saved-filters.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

const state = (actor: string) => ({
  period: { from: null, to: null, title: 'all time' },
  filters: { ...noAuditFilters, actors: [actor] },
})

describe('filters of the audit log that people keep', () => {
  let database: TestDatabase
  let ann: TestRole
  let bob: TestRole
  let operator: TestRole
  beforeAll(async () => {
    database = await createDatabase()
    await applySchema(await database.client())
    ann = await createRole({ as: 'in role viruj_reviewer' })
    bob = await createRole({ as: 'in role viruj_reviewer' })
    operator = await createRole({ as: 'in role viruj_operator' })
  })
  afterAll(async () => {
    await database.drop()
    for (const role of [ann, bob, operator]) await role.drop()
  })
  const open = (role: TestRole, readOnly = false) => openTestSession({ ...database, ...role }, { readOnly })

  test('are seen by all who read the log, and changed by who keeps them', async () => {
    await using annSession = await open(ann)
    await using bobSession = await open(bob)
    const [anns, bobs] = [createSavedFilters(annSession), createSavedFilters(bobSession)]
    await anns.save({ name: 'Who was it', state: state('op-1') }, noAbort())
    await anns.save({ name: 'Who was it', state: state('op-2') }, noAbort())
    await bobs.save({ name: 'Who was it', state: state('op-3') }, noAbort())
    expect(await bobs.list(null, noAbort())).toEqual([
      { name: 'Who was it', owner: bob.user, mine: true, state: state('op-3') },
      { name: 'Who was it', owner: ann.user, mine: false, state: state('op-2') },
    ])

    const direct = await database.client(bob)
    const others = `where owner <> session_user`
    expect((await direct.query(`update audit.saved_filter set filter = '{}' ${others}`)).rowCount).toBe(0)
    expect((await direct.query(`delete from audit.saved_filter ${others}`)).rowCount).toBe(0)
    await expect(
      direct.query(`insert into audit.saved_filter (name, owner, filter) values ('x', '${ann.user}', '{}')`),
    ).rejects.toMatchObject({ code: '42501' })

    await bobs.forget({ name: 'Who was it' }, noAbort())
    expect(await anns.list(null, noAbort())).toMatchObject([{ owner: ann.user }])
    await anns.forget({ name: 'Who was it' }, noAbort())
  })

  test('beyond the limit of the list, tell that there are more', async () => {
    const direct = await database.client(bob)
    await direct.query(
      `insert into audit.saved_filter (name, filter) select 'filter ' || n, '{}' from generate_series(1, $1::int) n`,
      [savedFilterLimit + 5],
    )
    onTestFinished(async () => {
      await direct.query('delete from audit.saved_filter')
    })
    await using session = await open(ann)
    expect(await createSavedFilters(session).list(null, noAbort())).toHaveLength(savedFilterLimit + 1)
  })

  test('are not there for who may not read the log', async () => {
    await using session = await open(operator)
    expect(await createSavedFilters(session).list(null, noAbort())).toBeNull()
    const direct = await database.client(operator)
    await expect(direct.query('select from audit.saved_filter')).rejects.toMatchObject({ code: '42501' })
  })

  test('are not kept by a session that may not write, and one of another version is told apart', async () => {
    await using session = await open(ann, true)
    const filters = createSavedFilters(session)
    await expect(filters.save({ name: 'Mine', state: state('op-1') }, noAbort())).rejects.toMatchObject({
      code: 'READ_ONLY',
    })
    const direct = await database.client(ann)
    await direct.query(
      `insert into audit.saved_filter (name, filter) values ('Later', '{"filters": {"moods": []}}')`,
    )
    expect(await filters.list(null, noAbort())).toEqual([
      { name: 'Later', owner: ann.user, mine: true, state: null },
    ])
  })
})
