import { expect, test } from 'vitest'
import { probes } from '../../src/main/operations/probes.ts'
import { prober } from '../support/operations.ts'
import { createDatabase, createRole, startServer } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'

const pidOf = async (client: {
  query(sql: string): Promise<{ rows: { pid: number }[] }>
}): Promise<number> => {
  const { rows } = await client.query('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}

test('the root of a queue of SELECT, ALTER and SELECT is who holds the lock, not who waits for it', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const [reader, migrator, other] = [
    await database.client(),
    await database.client(),
    await database.client(),
  ]
  await reader.query('create table orders (id int)')
  await reader.query('begin; select from orders')
  const altered = migrator.query('alter table orders add note text')
  const probe = prober(session)
  const root = await pidOf(reader)
  const ours = async () => {
    const report = await probe('locks', { 'locks.waitWarn': 0 })
    const rows = report.rows.filter(({ database: name }) => name === database.database)
    return { report, rows }
  }
  await expect.poll(async () => (await ours()).rows.length).toBe(2)
  const read = other.query('select from orders')
  await expect.poll(async () => (await ours()).rows.length).toBe(3)
  const { report, rows } = await ours()
  expect(rows).toMatchObject([
    { pid: root, depth: 0, blocks: 2, blockedBy: [], state: 'idle in transaction', waitsFor: null },
    { depth: 1, blocks: 1, blockedBy: [`${root}`], waitsFor: 'AccessExclusiveLock on public.orders' },
    { depth: 2, blocks: 0, blockedBy: [`${rows[1]?.pid}`], waitsFor: 'AccessShareLock on public.orders' },
  ])
  expect(rows[0]?.holds).toEqual(['AccessShareLock on public.orders'])
  const finding = report.findings.find(({ text }) => text.startsWith(`Backend ${root} of`))
  expect(finding).toMatchObject({
    verdict: 'warn',
    text: expect.stringContaining('(idle in transaction) keeps 2 backends waiting'),
    threshold: { key: 'waitWarn', unit: 'seconds', value: 0, standard: 5 },
    remedies: [{ sql: `SELECT pg_terminate_backend(${root});` }],
  })

  // What the finding offers mends it.
  const dba = await database.client()
  await dba.query(finding?.remedies[0]?.sql ?? '')
  await Promise.all([altered, read])
  expect((await ours()).rows).toEqual([])
})

test('a deadlock is counted where it happened', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const [one, other] = [await database.client(), await database.client()]
  for (const client of [one, other]) await client.query("set deadlock_timeout = '10ms'")
  await one.query('create table a (id int); create table b (id int)')
  await one.query('begin; lock table a')
  await other.query('begin; lock table b')
  const outcomes = await Promise.allSettled([one.query('lock table b'), other.query('lock table a')])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  // A session that ends tells the server its counters at once.
  for (const client of [one, other]) await client.end()

  const probe = prober(session)
  await expect
    .poll(async () => {
      const { rows, findings } = await probe('databases', { 'databases.deadlocksWarn': 1 })
      const mine = rows.findIndex((row) => row.database === database.database)
      return [rows[mine]?.deadlocks, findings.find(({ row }) => row === mine)?.text]
    })
    .toEqual([1, `1 deadlock in ${database.database}.`])
})

test('who holds the horizon by a forgotten transaction is named, and for how long it has been idle', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const [forgotten, writer] = [await database.client(), await database.client()]
  const pid = await pidOf(forgotten)
  await forgotten.query("set application_name = 'viruj-report'")
  await forgotten.query('begin isolation level repeatable read; select 1')
  for (let n = 0; n < 12; n++) await writer.query('select pg_current_xact_id()')

  const probe = prober(session)
  const held = await probe('wraparound', { 'wraparound.holderWarn': 10 })
  const named = held.findings.find(({ text }) => text.startsWith(`Backend ${pid} `))
  expect(named).toMatchObject({
    verdict: 'warn',
    text: expect.stringMatching(
      new RegExp(
        `^Backend ${pid} \\(test_owner, viruj-report, idle in transaction\\) keeps the dead rows of [\\d,]+ transactions`,
      ),
    ),
    threshold: { key: 'holderWarn' },
  })
  expect(held.summary).toContain('The horizon is held by')
  const idle = await probe('backends', { 'backends.idleWarn': 0 })
  expect(idle.findings.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(new RegExp(`^Backend ${pid} of test_owner has been idle in a transaction for`)),
  )

  // By the standard thresholds neither is worth a word yet.
  const calm = [...(await probe('wraparound')).findings, ...(await probe('backends')).findings]
  expect(calm.filter(({ text }) => text.includes(`Backend ${pid} `))).toEqual([])
})

test('what a role may not see is not checked, and named with the GRANT that helps at the next poll', async () => {
  await using role = await createRole()
  await using database = await createDatabase()
  const client = await database.client()
  await client.query('create extension pg_stat_statements')
  await using session = await openTestSession({ ...database, ...role })
  const probe = prober(session)
  const grant = `GRANT pg_monitor TO "${role.user}";`
  const hidden = probes.filter(({ needs }) =>
    needs.some((need) => need.kind === 'role' && need.name === 'pg_read_all_stats'),
  )
  expect(hidden.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['standbys', 'slots', 'receiver', 'locks', 'connections', 'backends']),
  )
  for (const { id } of hidden) {
    const { verdict, summary, findings, rows } = await probe(id)
    expect([id, verdict, rows]).toEqual([id, 'not-checked', []])
    expect(summary).toMatch(/^Not checked: /)
    expect(findings.flatMap(({ remedies }) => remedies.map(({ sql }) => sql))).toContain(grant)
  }
  // What can be told without is told, and what is missing is said.
  const metrics = await probe('metrics')
  expect(metrics).toMatchObject({
    verdict: 'not-checked',
    rows: [{ connections: null, longestTransaction: null }],
  })
  expect(metrics.rows[0]?.commits).toBeGreaterThan(0)
  expect((await probe('wraparound')).verdict).toBe('not-checked')
  const passwords = await probe('passwords')
  expect(passwords.rows.every(({ verifier }) => verifier === null)).toBe(true)
  expect(passwords.findings.map(({ verdict }) => verdict)).toContain('not-checked')
  expect((await probe('hba')).verdict).toBe('not-checked')
  expect((await probe('backups')).findings[0]?.remedies[0]?.sql).toBe(
    `GRANT SELECT ON "ops"."backup_run" TO "${role.user}";`,
  )

  await client.query(grant)
  for (const { id } of hidden) expect([id, (await probe(id)).verdict]).not.toEqual([id, 'not-checked'])
  expect((await probe('metrics')).verdict).toBe('ok')
})

test('without pg_stat_statements slow statements are not checked, and with it the console’s own are left out', async () => {
  // Of its own: the statements of many other tests would push these out of it.
  await using server = await startServer()
  await using database = await createDatabase({ on: server.address })
  await using session = await openTestSession(database)
  const client = await database.client()
  const probe = prober(session)
  const absent = await probe('statements')
  expect(absent).toMatchObject({
    verdict: 'not-checked',
    findings: [
      {
        text: `pg_stat_statements is not installed in ${database.database}.`,
        remedies: [{ sql: 'CREATE EXTENSION "pg_stat_statements";' }],
      },
    ],
  })

  await client.query(absent.findings[0]?.remedies[0]?.sql ?? '')
  await client.query(
    'select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()))',
  )
  await client.query('select pg_sleep(0.3)')
  await client.query('/* viruj-console test */ select 1, pg_sleep(0.2)')
  const thresholds = { 'statements.callsFrom': 1, 'statements.shareFrom': 0 }
  const slow = async () => {
    const { rows, findings } = await probe('statements', thresholds)
    const mine = rows.flatMap(({ database: name, query }, row) =>
      name === database.database ? [{ query, row }] : [],
    )
    return { mine, findings, rows }
  }
  const { mine, findings, rows: all } = await slow()
  // The console's own take no share.
  expect(all.reduce((sum, { share }) => sum + Number(share), 0)).toBeGreaterThan(90)
  const sleeping = mine.find(({ query }) => query === 'select pg_sleep($1)')
  expect(sleeping).toBeDefined()
  expect(findings.find(({ row }) => row === sleeping?.row)?.text).toMatch(/takes [3-9]\d\d ms on average/)

  // What a statement holds of secrets stays in the server, its own record of them or not.
  await client.query(`begin; create role passing password 'hush-hush'; rollback`)
  const { rows: kept } = await client.query(
    `select query from pg_stat_statements where query like '%passing password%'`,
  )
  expect(JSON.stringify(kept)).toContain('hush-hush')
  const told = JSON.stringify((await slow()).mine)
  expect(told).toContain('create role passing')
  expect(told).not.toContain('hush-hush')

  const { rows: own } = await client.query(
    `select from pg_stat_statements where query like '/* viruj-console%' and dbid = (select oid from pg_database where datname = current_database())`,
  )
  expect(own.length).toBeGreaterThan(1)
  expect((await slow()).mine.filter(({ query }) => String(query).includes('viruj-console'))).toEqual([])
})

test.each(['1.8', '1.9', '1.10'])(
  'pg_stat_statements %s on a newer server says what it has',
  async (version) => {
    await using database = await createDatabase()
    await using session = await openTestSession(database)
    await (await database.client()).query(`create extension pg_stat_statements version '${version}'`)
    const { error, rows } = await prober(session)('statements')
    expect(error).toBeNull()
    expect(rows.length).toBeGreaterThan(0)
    // Evictions are counted since 1.9.
    expect(rows[0]?.evictionsADay === null).toBe(version === '1.8')
  },
)

test('the console’s own sessions are in no figure but that of the places they take', async () => {
  await using database = await createDatabase()
  await using session = await openTestSession(database)
  const probe = prober(session)
  const client = await database.client()
  const { rows } = await probe('backends')
  expect(rows.filter(({ application }) => application === 'viruj-console')).toEqual([])
  expect(rows.map(({ pid }) => pid)).toContain(await pidOf(client))
  const [taken] = (await probe('connections')).rows
  expect(taken?.own).toBeGreaterThan(1)
})
