import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalog, runSql, type TestCatalog } from '../support/catalog.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const nasty = readFileSync(new URL('../support/catalog-objects.sql', import.meta.url), 'utf8')

describe('a detail page', () => {
  let database: TestDatabase
  let catalog: TestCatalog
  beforeAll(async () => {
    database = await createDatabase()
    await runSql(database, nasty)
    catalog = await openCatalog(database)
  })
  afterAll(async () => {
    await catalog[Symbol.asyncDispose]()
    await database.drop()
  })

  test('tells triggers with whether they fire, and policies with whom they bind', async () => {
    const { triggers, policies } = await catalog.detailOf('order')
    expect(triggers.map(({ name, flags }) => [name, flags])).toEqual([
      ['checked', ['always', 'constraint']],
      ['off', ['disabled']],
      ['touch it', ['enabled']],
    ])
    expect(policies.map(({ name, flags }) => [name, flags])).toEqual([
      ['everyone', ['permissive', 'all']],
      ['own rows', ['restrictive', 'update']],
    ])
  })

  test("tells a partition's own state of a trigger that comes from its parent", async () => {
    const { triggers } = await catalog.detailOf('measured_2025')
    expect(triggers).toMatchObject([{ name: 'stamped', flags: ['disabled', 'inherited'] }])
  })

  test('tells who may do what: by default, by grant, and column by column', async () => {
    const order = await catalog.detailOf('order')
    const monitor = order.grants.find(({ grantee }) => grantee === 'pg_monitor')
    expect(monitor?.privileges).toEqual(['INSERT WITH GRANT OPTION', 'SELECT WITH GRANT OPTION'])
    const columns = order.grants.filter(({ column }) => column !== null)
    expect(columns.map(({ grantee, column, privileges }) => [grantee, column, privileges])).toEqual([
      ['pg_read_all_data', 'Näme', ['UPDATE']],
      ['pg_read_all_data', 'amount', ['UPDATE']],
    ])
    const untouched = await catalog.detailOf('double')
    expect(untouched.grants.map(({ grantee, privileges }) => [grantee, privileges])).toEqual([
      ['PUBLIC', ['EXECUTE']],
      [database.user, ['EXECUTE']],
    ])
    expect((await catalog.detailOf('fast')).grants.map(({ grantee }) => grantee)).toEqual(['PUBLIC'])
  })

  test('follows dependencies both ways, through rules, defaults, triggers and foreign keys', async () => {
    const related = async (name: string) => {
      const { dependencies } = await catalog.detailOf(name)
      const objects = (direction: string) => [
        ...new Set(
          dependencies
            .filter((dependency) => dependency.direction === direction)
            .flatMap(({ object }) => (object === null ? [] : [`${object.kind} ${object.name}`])),
        ),
      ]
      return { uses: objects('uses').sort(), usedBy: objects('used by').sort() }
    }
    expect(await related('order')).toEqual({
      uses: [
        'domain positive',
        'function touch',
        'sequence order_serial_seq',
        'type Mood',
        'type pair',
        'type span',
      ],
      usedBy: [
        'materialized view summary',
        'sequence order_by hand_seq',
        'sequence order_id_seq',
        'sequence order_serial_seq',
        'table child',
        'table refers',
        'view wide view',
      ],
    })
    expect((await related('wide view')).uses).toEqual(['domain positive', 'function touch', 'table order'])
    expect((await related('refers')).uses).toEqual(['partitioned table measured', 'table order'])
    expect((await related('touch')).usedBy).toContain('table order')
    expect((await related('total')).usedBy).toEqual(['materialized view summary'])
  })

  test('gives sizes in bytes, and of a partitioned table those of its partitions', async () => {
    const fact = async (name: string, label: string) =>
      (await catalog.detailOf(name)).facts.find((found) => found.label === label)
    expect(await fact('order', 'Indexes')).toEqual({ label: 'Indexes', text: '32 kB', bytes: 32768 })
    expect((await fact('order', 'Total size'))?.bytes).toBeGreaterThanOrEqual(32768)
    expect((await fact('measured', 'Total size'))?.bytes).toBeGreaterThan(0)
    expect(await fact('order', 'Row-level security')).toMatchObject({ text: 'on, also for the owner' })
    expect(await fact('measured_2025', 'Partition of')).toMatchObject({
      text: expect.stringContaining('measured'),
    })
  })

  test('exists for every object of the system, too', async () => {
    for (const text of [
      'pg_cl',
      'pg_stat_act',
      'information',
      'template',
      'pg_signal',
      'plpgsql',
      'inet',
      'count',
    ]) {
      for (const object of await catalog.search({ text, limit: 8 }, noAbort())) {
        const { ddl } = await catalog.detail(object, noAbort())
        expect(ddl, `${object.kind} ${object.name}`).not.toBe('')
      }
    }
  })

  test('of a role holds its memberships and never a password', async () => {
    await using role = await createRole({ as: 'in role pg_monitor connection limit 3' })
    const detail = await catalog.detailOf(role.user)
    expect(detail.ddl).toContain(`CREATE ROLE ${role.user} WITH LOGIN CONNECTION LIMIT 3;`)
    expect(detail.ddl).toContain(`GRANT pg_monitor TO ${role.user}`)
    const everything = JSON.stringify(detail)
    expect(everything).not.toContain('SCRAM')
    expect(everything).not.toContain(role.password)
  })

  test('of an object that a role may not read says which grant is missing', async () => {
    await using role = await createRole()
    await runSql(database, 'create schema closed; create table closed.vault (id int primary key)')
    await using theirs = await openCatalog({ ...database, ...role })
    const { object, ddl, facts } = await theirs.detailOf('vault')
    expect(object.accessible).toBe(false)
    expect(facts.filter(({ label }) => label === 'Missing grant').map(({ text }) => text)).toEqual([
      `GRANT USAGE ON SCHEMA closed TO ${role.user};`,
      `GRANT SELECT ON TABLE closed.vault TO ${role.user};`,
    ])
    expect(ddl).toContain('CREATE TABLE closed.vault')
    for (const { text } of facts.filter(({ label }) => label === 'Missing grant'))
      await runSql(database, text)
    const granted = await theirs.detailOf('vault')
    expect(granted.object.accessible).toBe(true)
    expect(granted.facts.map(({ label }) => label)).not.toContain('Missing grant')
    await runSql(database, 'drop schema closed cascade')
  })

  test('of an object that was dropped meanwhile fails and names it', async () => {
    await runSql(database, 'create table public.fleeting (id int)')
    const fleeting = await catalog.find('fleeting')
    await runSql(database, 'drop table public.fleeting')
    await expect(catalog.detail(fleeting, noAbort())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'The table public.fleeting no longer exists.',
    })
    await expect(catalog.detail({ kind: 'role', oid: '4294967295' }, noAbort())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('of a locked table fails in time and says who holds the lock', async () => {
    await runSql(database, 'create table public.busy (id int)')
    const busy = await catalog.find('busy')
    const holder = await database.client()
    await holder.query(
      `set application_name = 'night job'; begin; lock table public.busy in access exclusive mode`,
    )
    const { rows } = await holder.query('select pg_backend_pid() as pid')
    const failure = catalog.detail(busy, noAbort())
    await expect(failure).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringMatching(new RegExp(`backend ${rows[0].pid} .*night job`)),
    })
    await catalog.group({ schema: 'public', group: 'tables' }, noAbort())
    await holder.query('rollback')
    expect((await catalog.detail(busy, noAbort())).object.name).toBe('busy')
  })
})
