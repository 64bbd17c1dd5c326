import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GridColumn } from '../../src/shared/rows.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

let database: TestDatabase
let browser: Browser

beforeAll(async () => {
  database = await createDatabase()
  const client = await database.client()
  await client.query(await readFile(new URL('../support/foreign-schema.sql', import.meta.url), 'utf8'))
  await client.query(`
    create table two_keys (a int, b int, primary key (a, b));
    create table one_key (a int primary key);
    create table twice (a int, b int, constraint a_pair foreign key (a, b) references two_keys,
                        constraint b_single foreign key (a) references one_key);
    create table parted (a int references one_key) partition by list (a);
    create table parted_1 partition of parted for values in (1);
    create table never_analysed (id int primary key) with (autovacuum_enabled = off);
    insert into never_analysed values (1)`)
  browser = await openBrowser(database)
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await database.drop()
})

const describeOf = async (name: string) =>
  browser.rows.describe({ relation: await browser.oidOf(name) }, noAbort())

const column = async (table: string, name: string): Promise<GridColumn | undefined> =>
  (await describeOf(table)).columns.find((one) => one.name === name)

test.for([
  ['key_composite', ['c', 'b', 'a']],
  ['key_unique', ['a', 'b']],
  ['key_deferred', ['a']],
  ['key_enum', ['m']],
  ['key_domain', ['c']],
  ['key_citext', ['name']],
  ['wide_key', Array.from({ length: 32 }, (_, index) => `k${index + 1}`)],
  ['measured', ['at', 'id']],
  ['measured_2024', ['at', 'id']],
  ['kept', ['id']],
  ['child', []],
  ['parent', []],
  ['key_nullable', []],
  ['key_partial', []],
  ['key_expression', []],
  ['kept_nulls', []],
  ['kept_loose', []],
  ['seen', []],
  ['listed', []],
  ['zero_columns', []],
] as [string, string[]][])('the key of %s tells every row apart, or there is none', async ([table, key]) => {
  const description = await describeOf(table)
  expect(description.key).toEqual(key)
  expect(
    description.columns
      .filter(({ inKey }) => inKey)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(key.toSorted())
})

test('a column says how it is shown: type, family, order, labels, whether it is generated', async () => {
  expect(
    await column(
      'keyed "Mood ""of"" day"'.replace(/^keyed (.*)$/, (_, type) => `"keyed ${type.replaceAll('"', '""')}"`),
      'value',
    ),
  ).toMatchObject({
    family: 'enum',
    shortType: 'Mood "of" day',
    sortable: true,
    enumLabels: ['sad', "with 'quote", 'with "double"', 'with,comma', 'ünïcödé', ''],
  })
  expect(await column('"keyed positive"', 'value')).toMatchObject({ family: 'number', shortType: 'positive' })
  expect(await column('"keyed codes"', 'value')).toMatchObject({ family: 'array' })
  expect(await column('"keyed integer[]"', 'value')).toMatchObject({
    family: 'array',
    shortType: 'int4[]',
    sortable: true,
  })
  expect(await column('"keyed box[]"', 'value')).toMatchObject({ sortable: false })
  expect(await column('"keyed numeric(10,2)"', 'value')).toMatchObject({
    type: 'numeric(10,2)',
    shortType: 'numeric',
  })
  expect(await column('"keyed timestamptz"', 'value')).toMatchObject({
    type: 'timestamp with time zone',
    shortType: 'timestamptz',
    family: 'timestamp',
  })
  expect(await column('"keyed int4multirange"', 'value')).toMatchObject({ family: 'range', sortable: true })
  expect(await column('"keyed json"', 'value')).toMatchObject({ family: 'json', sortable: false })
  expect(await column('"keyed pair"', 'value')).toMatchObject({ family: 'composite', sortable: true })
  expect(await column('key_citext', 'name')).toMatchObject({ family: 'text', sortable: true })
  expect(await column('made', 'twice')).toMatchObject({ generated: true })
  expect(await column('made', 'price')).toMatchObject({ generated: false, notNull: true })
})

test('foreign keys are described in the order of their columns, simple ones before composite ones, from both ends', async () => {
  expect((await column('street', 'mayor'))?.references).toMatchObject({
    table: 'town',
    columns: ['mayor'],
    referencedColumns: ['id'],
  })
  expect((await column('street', 'up_nr'))?.references).toMatchObject({
    table: 'street',
    columns: ['up_town', 'up_nr'],
    referencedColumns: ['town', 'nr'],
  })
  const { referencedBy } = await describeOf('town')
  expect(referencedBy.map(({ table, columns }) => [table, columns])).toEqual([
    ['street', ['mayor']],
    ['street', ['town']],
  ])
  expect((await describeOf('street')).referencedBy).toMatchObject([
    { table: 'street', columns: ['up_town', 'up_nr'] },
  ])
  expect((await column('twice', 'a'))?.references).toMatchObject({ table: 'one_key', columns: ['a'] })
  expect((await column('twice', 'b'))?.references).toMatchObject({ table: 'two_keys', columns: ['a', 'b'] })
})

test('a foreign key of a partitioned table is told once, not once more for each partition', async () => {
  const { referencedBy } = await describeOf('one_key')
  expect(referencedBy.map(({ table }) => table)).toEqual(['twice', 'parted'])
  expect((await column('parted_1', 'a'))?.references).toMatchObject({ table: 'one_key' })
})

test('a parent is estimated by its children, a view and a table never analysed not at all', async () => {
  expect((await describeOf('measured')).estimatedRows).toBe(60)
  expect((await describeOf('parent')).estimatedRows).toBe(4)
  expect((await describeOf('seen')).estimatedRows).toBeNull()
  expect((await describeOf('never_analysed')).estimatedRows).toBeNull()
  expect((await describeOf('measured')).totalBytes).toBeGreaterThan(0)
  expect((await describeOf('seen')).totalBytes).toBeNull()
})
