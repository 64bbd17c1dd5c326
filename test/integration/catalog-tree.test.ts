import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schemaGroups } from '../../src/shared/catalog.ts'
import { openCatalog, runSql, type TestCatalog } from '../support/catalog.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const nasty = readFileSync(new URL('../support/catalog-objects.sql', import.meta.url), 'utf8')
const schema = 'Häßlich "q"'

describe('the tree', () => {
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

  const names = async (group: (typeof schemaGroups)[number]) =>
    (await catalog.group({ schema, group }, noAbort())).map(({ name }) => name)

  test('counts in each group exactly what opening it lists', async () => {
    const schemas = await catalog.schemas(null, noAbort())
    for (const { name, counts } of schemas) {
      for (const group of schemaGroups) {
        const listed = await catalog.group({ schema: name, group }, noAbort())
        expect(listed.length, `${group} of ${name}`).toBe(counts[group])
      }
    }
  })

  test('shows the schemas of the system last, and none of TOAST', async () => {
    const schemas = await catalog.schemas(null, noAbort())
    expect(schemas.map(({ name, isSystem }) => [name, isSystem])).toEqual([
      [schema, false],
      ['public', false],
      ['information_schema', true],
      ['pg_catalog', true],
    ])
    expect(schemas[0]).toMatchObject({ accessible: true, comment: "It's \\ nasty" })
  })

  test('folds partitions into their parent, level by level', async () => {
    expect(await names('tables')).toEqual(
      expect.not.arrayContaining(['measured_2025', 'measured 2026', 'measured_2026_0', 'listed_here']),
    )
    const measured = await catalog.find('measured')
    expect(measured).toMatchObject({ kind: 'partitioned table', partitions: 3 })
    const partitions = await catalog.partitions({ oid: measured.oid }, noAbort())
    expect(partitions.map(({ name, kind, partitions: below }) => [name, kind, below])).toEqual([
      ['measured 2026', 'partitioned table', 1],
      ['measured_2025', 'table', 0],
      ['measured_rest', 'table', 0],
    ])
    expect(partitions[1]?.signature).toBe("FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
  })

  test('knows the rows of a partitioned table from its partitions', async () => {
    await runSql(
      database,
      `insert into "${schema.replaceAll('"', '""')}".measured select n, '2025-02-01', 'x', 1 from generate_series(1, 300) n;
       analyze "${schema.replaceAll('"', '""')}".measured_2025`,
    )
    expect(await catalog.find('measured')).toMatchObject({ estimatedRows: 300 })
    expect(await catalog.find('refers')).toMatchObject({ estimatedRows: null })
  })

  test('hides what nobody made: row types, array types, multiranges, constructors of ranges', async () => {
    expect(await names('types')).toEqual(['Mood', 'pair', 'positive', 'span', 'text range'])
    expect(await names('functions')).toEqual(['double', 'settle', 'total', 'touch'])
  })

  test('finds objects by any part of their name, in any case, the best match first', async () => {
    const search = async (text: string) =>
      (await catalog.search({ text, limit: 50 }, noAbort())).map(({ kind, name }) => `${kind} ${name}`)
    expect((await search('ORDER'))[0]).toBe('table order')
    await runSql(database, 'create table public."ÄRGER" ()')
    expect(await search('ärg')).toEqual(['table ÄRGER'])
    expect(await search('häß')).toEqual([`schema ${schema}`])
    expect(await search('lower NÄME')).toEqual(['index lower Näme'])
    expect(await search('ä')).toContain('index lower Näme')
    expect(await search('q".measured 2')).toContain('partitioned table measured 2026')
    expect(await search('pg_monitor')).toEqual(['role pg_monitor'])
    expect((await search(database.database))[0]).toBe(`database ${database.database}`)
    expect(await search('100%')).toEqual([])
    expect(await search('_')).not.toContain('table order')
    expect(await catalog.search({ text: 'a', limit: 7 }, noAbort())).toHaveLength(7)
  })

  test('lists what a role may not read, and says so', async () => {
    await using role = await createRole()
    await runSql(
      database,
      `create schema secret;
       create table secret.plan (id int);
       grant select on secret.plan to ${role.user};
       create schema half;
       create table half.hidden (id int);
       create table half.one_column (id int, other int);
       create function half.run() returns int language sql as 'select 1';
       revoke execute on function half.run() from public;
       create sequence half.numbers;
       grant usage on schema half to ${role.user};
       grant select (id) on half.one_column to ${role.user};`,
    )
    await using theirs = await openCatalog({ ...database, ...role })
    const schemas = await theirs.schemas(null, noAbort())
    expect(schemas.find(({ name }) => name === 'secret')).toMatchObject({
      accessible: false,
      counts: { tables: 1 },
    })
    const access = async (inSchema: string, group: (typeof schemaGroups)[number]) =>
      (await theirs.group({ schema: inSchema, group }, noAbort())).map(({ name, accessible }) => [
        name,
        accessible,
      ])
    expect(await access('secret', 'tables')).toEqual([['plan', false]])
    expect(await access('half', 'tables')).toEqual([
      ['hidden', false],
      ['one_column', true],
    ])
    expect(await access('half', 'functions')).toEqual([['run', false]])
    expect(await access('half', 'sequences')).toEqual([['numbers', false]])
    await runSql(database, `drop owned by ${role.user}`)
  })

  test('lists databases, roles and extensions', async () => {
    const databases = await catalog.databases(null, noAbort())
    expect(databases.map(({ name }) => name)).toContain(database.database)
    expect(databases.find(({ name }) => name === 'template0')).toMatchObject({ accessible: false })
    expect((await catalog.roles(null, noAbort())).map(({ name }) => name)).toContain('pg_monitor')
    expect(await catalog.extensions(null, noAbort())).toMatchObject([{ name: 'plpgsql', signature: '1.0' }])
  })
})
