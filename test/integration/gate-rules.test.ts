import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GateStep, gateMigrations, namesToConfirm } from '../../src/main/migrations/gate/gate.ts'
import { rules } from '../../src/main/migrations/gate/rules.ts'
import { splitStatements } from '../../src/main/migrations/statements.ts'
import type { GatedMigration, GateFinding } from '../../src/shared/migrations.ts'
import { gateAnswers } from '../support/gate-answers.ts'
import { ruleExamples, ruleExceptions, ruleSchema } from '../support/gate-rules.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

type Options = Partial<Pick<GateStep, 'direction'>> & { alone?: boolean; hasDown?: boolean }

const stepOf = async (
  sql: string,
  { direction = 'up', alone = false, hasDown = true }: Options = {},
): Promise<GateStep> => {
  const script = { sql, checksum: 'c', transactional: !alone }
  const file = { version: '0001', name: '0001_a', up: script, down: hasDown ? script : null }
  return { file, direction, script, statements: await splitStatements(sql) }
}

const gate = async (client: pg.Client, sql: string, options?: Options): Promise<GatedMigration> => {
  const [gated] = await gateMigrations(client, [await stepOf(sql, options)], noAbort(), {
    sampleMilliseconds: 0,
  })
  if (gated === undefined) throw new Error('There is no migration.')
  return gated
}

const findingsOf = ({ findings, statements }: GatedMigration): GateFinding[] => [
  ...statements.flatMap((statement) => statement.findings),
  ...findings,
]

describe('the gate', () => {
  let database: TestDatabase
  let client: pg.Client
  beforeAll(async () => {
    database = await createDatabase()
    client = await database.client()
    await client.query(read('../support/gate-schema.sql'))
    await client.query(ruleSchema)
  })
  afterAll(() => database.drop())

  const said = async (rule: string, sql: string, alone = false): Promise<GateFinding[]> =>
    findingsOf(await gate(client, sql, { alone })).filter((finding) => finding.rule === rule)

  test.for(ruleExamples)('$rule finds it, and lets it pass where it is done well', async (example) => {
    const { rule, severity, finds, passes, alone = [false, false] } = example
    const found = await said(rule, finds, alone[0])
    expect(found.map((finding) => finding.severity)).toContain(severity)
    for (const finding of found) expect(finding.detail).toMatch(/\S\.$/)
    const passed = await said(rule, passes, alone[1])
    // What is only told, never warned of, is not told either.
    expect(passed.filter((finding) => severity === 'ok' || finding.severity !== 'ok')).toEqual([])
  })

  test.for(ruleExceptions)('$rule says nothing of: $passes', async ({ rule, passes, alone }) => {
    expect(await said(rule, passes, alone)).toEqual([])
  })

  test.for(gateAnswers(read('../support/gate-answers.sql')))('$sql', async ({ sql, alone, ...answer }) => {
    const gated = await gate(client, sql, { alone })
    const { confirm, statements } = gated
    expect({
      says: findingsOf(gated).flatMap(({ rule, severity }) =>
        // They tell of the server.
        rule === 'replica-lag' || rule === 'backup-age' ? [] : `${rule} ${severity}`,
      ),
      locks: (statements.at(-1)?.locks ?? []).map(({ relation, mode }) => `${relation} ${mode}`).sort(),
      typed: confirm,
    }).toEqual(answer)
  })

  test('a foreign key that goes with the key it rests on is named', async () => {
    expect(
      await said('drop-cascade', 'alter table plants drop constraint plants_pkey cascade'),
    ).toContainEqual(
      expect.objectContaining({
        severity: 'danger',
        detail: 'The foreign key batches_plant_id_fkey of public.batches goes, too.',
      }),
    )
  })

  test('a partition is read when it is attached, unless a valid CHECK says the same as its bounds', async () => {
    const attach =
      "alter table measures attach partition large_measures for values from ('2027-01-01') to ('2028-01-01')"
    const check = (more: string) =>
      `alter table large_measures add constraint c check (taken_on >= '2027-01-01' and taken_on < '2028-01-01') ${more};`
    const details = async (sql: string) => (await said('attach-scan', sql)).map(({ detail }) => detail)
    const reads = expect.stringContaining(
      'Each row of public.large_measures is read to prove that it belongs there.',
    )
    expect(await details(attach)).toEqual([reads])
    expect(await details(check('not valid') + attach)).toEqual([reads])
    expect(await details(check('') + attach)).toEqual([
      expect.stringContaining(
        'belongs there, unless c says the same as the bounds: PostgreSQL finds that out',
      ),
    ])
  })

  test('each rule has its example here and its chapter in the documentation', () => {
    const elsewhere = ['reads-rows', 'no-way-down', 'replica-lag', 'backup-age', 'round-trip']
    const shown = [...ruleExamples.map(({ rule }) => rule), ...elsewhere]
    expect(shown.sort()).toEqual(Object.keys(rules).sort())
    const chapters = [...read('../../docs/migrations/gate.md').matchAll(/^#### `([a-z-]+)`$/gm)].map(
      ([, id]) => id,
    )
    expect(chapters.sort()).toEqual(Object.keys(rules).sort())
  })

  test('reading alone is shown with its locks, and nothing is said of it', async () => {
    const gated = await gate(client, 'select count(*) from large')
    expect(gated.statements).toMatchObject([
      {
        locks: [{ relation: 'public.large', mode: 'ACCESS SHARE' }],
        scans: true,
        rewrites: false,
        findings: [],
      },
    ])
  })

  test.for([
    ['drop table large', ['public.large']],
    ['drop table large; drop table plants cascade', ['public.large', 'public.plants']],
    ['alter table large drop column text', ['public.large.text']],
    ['alter table large drop column nothing', []],
    ['drop schema other cascade', ['other']],
    ['truncate large', ['public.large']],
    [
      'truncate plants cascade',
      ['public.plants', 'public.batches', 'public.lines', 'other.things', 'public.stock'],
    ],
    ['delete from large', ['public.large']],
    ['delete from large where id = 1', []],
    ["update large set text = 'x'", ['public.large']],
    ['with gone as (delete from large returning 1) select 1', ['public.large']],
    ['drop type colour cascade', ['colour']],
    ['drop view plant_codes', []],
    ['drop sequence numbers', ['public.numbers']],
    ['drop owned by pg_monitor', ['pg_monitor']],
    ['create table a (id integer, b integer); alter table a drop column b; drop table a', []],
  ] as const)('%s wants %s to be typed', async ([sql, names]) => {
    const { confirm } = await gate(client, sql)
    expect([...confirm].sort()).toEqual([...names].sort())
    const asked = await namesToConfirm(client, [await stepOf(sql)], noAbort())
    expect(asked).toEqual(confirm)
  })

  test('a way down that takes data away wants its name, too', async () => {
    const gated = await gate(client, 'drop table large', { direction: 'down' })
    expect(gated).toMatchObject({ direction: 'down', confirm: ['public.large'] })
  })

  test('each statement is judged by what those before it made, in this file and in the ones before', async () => {
    const steps = [
      await stepOf('alter table large add constraint c check (text is not null) not valid'),
      await stepOf('alter table large validate constraint c'),
      await stepOf('alter table large alter column text set not null; alter table large rename to big'),
      await stepOf('create index on big (label); alter table big alter column text set not null'),
    ]
    const gated = await gateMigrations(client, steps, noAbort(), { sampleMilliseconds: 0 })
    expect(gated.flatMap(({ statements }) => statements.map(({ scans }) => scans))).toEqual([
      false,
      true,
      false,
      false,
      true,
      false,
    ])
    expect(gated[3]?.statements[0]?.locks[0]).toMatchObject({ relation: 'public.big', mode: 'SHARE' })
    expect(gated[3]?.statements[0]?.locks[0]?.bytes).toBeGreaterThan(10 * 1024 ** 2)
  })

  test('a file that goes on is judged from where it stopped', async () => {
    const sql = 'create index concurrently i on large (label); create index concurrently j on large (label)'
    const step = { ...(await stepOf(sql, { alone: true })), resume: { statementsDone: 1 } }
    const [gated] = await gateMigrations(client, [step], noAbort(), { sampleMilliseconds: 0 })
    expect(gated?.statements.map((statement) => statement.sql)).toEqual([
      'create index concurrently j on large (label)',
    ])
  })

  test('sizes and traffic are those of now, and a table that the plan makes has none', async () => {
    const writer = await database.client()
    let writing = true
    const writes = (async () => {
      while (writing) {
        await writer.query('update lines set batch = batch where id < 20')
      }
    })()
    const sql =
      'alter table lines add column x integer; create table fresh (id integer); create index on fresh (id)'
    const [gated] = await gateMigrations(client, [await stepOf(sql)], noAbort(), { sampleMilliseconds: 3000 })
    writing = false
    await writes
    const [lines] = gated?.statements[0]?.locks ?? []
    expect(lines?.bytes).toBeGreaterThan(0)
    expect(lines?.writesPerSecond).toBeGreaterThan(1)
    expect(gated?.statements[0]?.findings).toMatchObject([{ rule: 'blocks-reads', severity: 'warning' }])
    expect(gated?.statements[2]).toMatchObject({
      locks: [{ relation: 'public.fresh', mode: 'SHARE', bytes: null, writesPerSecond: null }],
      scans: false,
      findings: [],
    })
  })

  test('a migration without a way down is told', async () => {
    const without = findingsOf(await gate(client, 'select 1', { hasDown: false }))
    expect(without).toContainEqual(expect.objectContaining({ rule: 'no-way-down', severity: 'warning' }))
    expect(findingsOf(await gate(client, 'select 1')).map(({ rule }) => rule)).not.toContain('no-way-down')
  })

  test('the age of the last backup is told, and that it is not known is told as such', async () => {
    const backup = async (sql: string) => {
      const gated = await gate(client, sql)
      return { at: gated.lastBackupAt, finding: gated.findings.find(({ rule }) => rule === 'backup-age') }
    }
    expect(await backup('select 1')).toMatchObject({
      at: null,
      finding: { severity: 'warning', detail: 'Not known: there is no ops.backup_run in this database.' },
    })
    await client.query(
      'create schema ops; create table ops.backup_run (outcome text, finished_at timestamptz)',
    )
    expect(await backup('drop table large')).toMatchObject({ at: null, finding: { severity: 'danger' } })
    await client.query(
      "insert into ops.backup_run values ('succeeded', now() - interval '3 hours'), ('failed', now())",
    )
    expect(await backup('drop table large')).toMatchObject({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
      finding: { severity: 'ok', detail: expect.stringContaining('3 hours ago') },
    })
    await client.query("update ops.backup_run set finished_at = now() - interval '3 days'")
    expect((await backup('select 1')).finding?.severity).toBe('warning')
    expect((await backup('drop table large')).finding?.severity).toBe('danger')
    await client.query('drop schema ops cascade')
  })

  test('a session without privileges gets its plan, and what it may not read is not known', async () => {
    await using role = await createRole()
    const guest = await database.client(role)
    await client.query(
      'create schema ops; create table ops.backup_run (outcome text, finished_at timestamptz)',
    )
    const gated = await gate(guest, 'alter table large add column x integer')
    await client.query('drop schema ops cascade')
    await guest.end()
    expect(gated.statements[0]?.locks).toMatchObject([{ relation: 'public.large', mode: 'ACCESS EXCLUSIVE' }])
    expect(gated.findings.find(({ rule }) => rule === 'backup-age')?.detail).toContain('may not read')
  })

  test('a table that somebody else locks does not hold the gate up', async () => {
    const other = await database.client()
    await other.query('begin; lock table large')
    const gated = await gate(client, 'alter table large add column x integer')
    await other.query('rollback')
    expect(gated.statements[0]?.locks[0]?.bytes).toBeGreaterThan(0)
  })

  test('nothing is written, and the connection is left as it was', async () => {
    const state = async () =>
      (
        await client.query(
          "select current_setting('search_path') as path, current_setting('lock_timeout') as wait, pg_current_xact_id_if_assigned() as xid",
        )
      ).rows
    const before = await state()
    await gate(
      client,
      ruleExamples
        .map(({ finds }) => finds)
        .filter((sql) => !sql.includes('tabel'))
        .join(';\n'),
    )
    expect(await state()).toEqual(before)
    expect((await client.query('select count(*) from large')).rows).toEqual([{ count: '60000' }])
  })
})
