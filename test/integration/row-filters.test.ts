import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RowFilter } from '../../src/shared/rows.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

let database: TestDatabase
let browser: Browser
let keyed: string
let loose: string

beforeAll(async () => {
  database = await createDatabase()
  const client = await database.client()
  await client.query(`
    create extension citext;
    create type mood as enum ('sad', 'ok', 'happy');
    create type pair as (a int, b text);
    create domain positive as int check (value > 0);
    create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create table keyed (
      id int primary key, name text, loud text collate nocase, ci citext, size positive, feeling mood, price numeric, at timestamptz,
      tags text[], during int4range, spans int4multirange, doc jsonb, raw json, place point, code char(4), part pair, data bytea, flag boolean, moods mood[]
    );
    insert into keyed values
      (1, '100% Größe\\_a', 'Bob', 'ABC', 1, 'sad', 1.10, '2024-02-29 10:00:00+00', '{a,b}', '[1,5)', '{[1,3),[5,7)}', '{"a": 1, "tags": ["x"]}', '{"a" : 1}', '(1,2)', 'ab', '(1,x)', '\\x00ff', true, '{sad,ok}'),
      (2, 'grösse', 'alice', 'abd', 2, 'ok', 'NaN', 'infinity', '{}', 'empty', '{}', '{"a": 5, "flag": false}', 'null', '(0,0)', 'ab  ', '(,)', '\\x', false, '{}'),
      (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
      (4, E'line\\nbreak', 'BOB', '', 4, 'happy', -5, '2023-01-01', '{b,"c d"}', '[5,)', '{[6,8)}', '[1, 2, {"a": 7}]', '{"b":2}', '(1,2)', 'x', '(1,y)', '\\x41', true, '{happy}');
    create table loose as table keyed`)
  browser = await openBrowser(database)
  keyed = await browser.oidOf('keyed')
  loose = await browser.oidOf('loose')
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await database.drop()
})

const cases: [RowFilter, string][] = [
  [{ op: '=', column: 'id', value: '2' }, '2'],
  [{ op: '<>', column: 'id', value: ' 2 ' }, '1 3 4'],
  [{ op: '>=', column: 'price', value: '1.1' }, '1 2'],
  [{ op: 'between', column: 'at', from: '2024-01-01', to: 'infinity' }, '1 2'],
  [{ op: '<', column: 'feeling', value: 'happy' }, '1 2'],
  [{ op: '<', column: 'size', value: '-3' }, ''],
  [{ op: '>', column: 'size', value: '1' }, '2 4'],
  [{ op: '=', column: 'loud', value: 'bob' }, '1 4'],
  [{ op: '=', column: 'ci', value: 'aBc' }, '1'],
  [{ op: '>', column: 'ci', value: 'ABCA' }, '2'],
  [{ op: '=', column: 'code', value: 'ab' }, '1 2'],
  [{ op: '=', column: 'part', value: '(1,x)' }, '1'],
  [{ op: '>', column: 'part', value: '(1,x)' }, '2 4'],
  [{ op: '=', column: 'data', value: '\\x00ff' }, '1'],
  [{ op: '=', column: 'place', value: '(1,2)' }, '1 4'],
  [{ op: '=', column: 'raw', value: '{"a" : 1}' }, '1'],
  [{ op: '=', column: 'doc', value: '{"tags":["x"],"a":1}' }, '1'],
  [{ op: '=', column: 'tags', value: '{b,"c d"}' }, '4'],
  [{ op: '=', column: 'moods', value: '{sad,ok}' }, '1'],
  [{ op: '=', column: 'flag', value: 'yes' }, '1 4'],
  [{ op: 'in', column: 'id', values: ['1', '4', '9'] }, '1 4'],
  [{ op: 'in', column: 'feeling', values: ['ok', 'happy'] }, '2 4'],
  [{ op: 'in', column: 'ci', values: ['abc', 'ABD'] }, '1 2'],
  [{ op: 'in', column: 'tags', values: ['{}', '{a,b}'] }, '1 2'],
  [{ op: 'in', column: 'raw', values: ['null'] }, '2'],
  [{ op: 'in', column: 'size', values: ['4'] }, '4'],
  [{ op: 'in', column: 'part', values: ['(,)', '(1,y)'] }, '2 4'],
  [{ op: 'is null', column: 'part' }, '3'],
  [{ op: 'is not null', column: 'name' }, '1 2 4'],
  [{ op: 'contains', column: 'name', value: 'GRÖ' }, '1 2'],
  [{ op: 'contains', column: 'name', value: '0%' }, '1'],
  [{ op: 'contains', column: 'name', value: '\\_' }, '1'],
  [{ op: 'contains', column: 'name', value: '_b' }, ''],
  [{ op: 'contains', column: 'name', value: '\n' }, '4'],
  [{ op: 'contains', column: 'loud', value: 'OB' }, '1 4'],
  [{ op: 'contains', column: 'doc', value: '"TAGS"' }, '1'],
  [{ op: 'contains', column: 'code', value: 'b  ' }, '1 2'],
  [{ op: 'starts with', column: 'price', value: '1.' }, '1'],
  [{ op: 'starts with', column: 'ci', value: 'ab' }, '1 2'],
  [{ op: 'matches', column: 'name', value: '^gr(ö|o)' }, '2'],
  [{ op: 'matches', column: 'loud', value: '^B' }, '1 4'],
  [{ op: 'matches', column: 'at', value: '^2023' }, '4'],
  [{ op: 'json path', column: 'doc', value: '$.a' }, '1 2 4'],
  [{ op: 'json path', column: 'doc', value: '$.a > 2' }, '2 4'],
  [{ op: 'json path', column: 'doc', value: '$.tags ? (@ == "x")' }, '1'],
  [{ op: 'json path', column: 'doc', value: '$.flag' }, '2'],
  [{ op: 'json path', column: 'raw', value: '$.b == 2' }, '4'],
  [{ op: '@>', column: 'doc', value: '{"a": 1}' }, '1'],
  [{ op: '@>', column: 'raw', value: '{"b": 2}' }, '4'],
  [{ op: '@>', column: 'tags', value: '{b}' }, '1 4'],
  [{ op: '@>', column: 'during', value: '5' }, '4'],
  [{ op: '@>', column: 'during', value: '[2,3]' }, '1'],
  [{ op: '@>', column: 'spans', value: '2' }, '1'],
  [{ op: '@>', column: 'spans', value: '[6,7)' }, '1 4'],
  [{ op: '@>', column: 'spans', value: '{[1,2),[5,6)}' }, '1'],
]

describe('a filter finds the same rows in a page, a stream and a count', () => {
  test.for(cases.map(([filter, ids]) => [JSON.stringify(filter), filter, ids] as const))(
    '%s',
    async ([, filter, ids]) => {
      const filters = [filter]
      const { cells } = await browser.page(keyed, { columns: ['id'], filters })
      expect(cells.map(([id]) => id).join(' ')).toBe(ids)
      const streamed = await browser.stream(loose, { filters, sort: [{ column: 'id', direction: 'asc' }] })
      expect(streamed.map(([id]) => id).join(' ')).toBe(ids)
      const { count } = await browser.rows.count({ relation: keyed, filters }, noAbort())
      expect(count).toBe(String(cells.length))
    },
  )
})

describe('a value that the type does not accept is refused by the name of its column', () => {
  const good: RowFilter = { op: '=', column: 'name', value: "it's" }
  test.for<[string, RowFilter]>([
    ['id', { op: '=', column: 'id', value: 'secret-12' }],
    ['feeling', { op: 'in', column: 'feeling', values: ['ok', 'secret-12'] }],
    ['at', { op: 'between', column: 'at', from: '2024-01-01', to: 'secret-12' }],
    ['name', { op: 'matches', column: 'name', value: 'secret-12(' }],
    ['doc', { op: 'json path', column: 'doc', value: 'secret-12 $' }],
    ['during', { op: '@>', column: 'during', value: 'secret-12' }],
    ['name', { op: '@>', column: 'name', value: 'secret-12' }],
    ['name', { op: 'json path', column: 'name', value: '$' }],
    ['raw', { op: '<', column: 'raw', value: 'secret-12' }],
  ])('%s', async ([column, filter]) => {
    for (const read of [
      () => browser.page(keyed, { filters: [good, filter] }),
      () => browser.stream(loose, { filters: [good, filter] }),
      () => browser.rows.count({ relation: keyed, filters: [good, filter] }, noAbort()),
    ]) {
      const error = await read().then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(`"${column}"`) })
      expect(JSON.stringify(error)).not.toContain('secret-12')
      expect(String(error)).not.toContain('secret-12')
    }
  })
})

test('a column that the table does not have, and one that cannot be sorted, are refused in words', async () => {
  await expect(
    browser.page(keyed, { filters: [{ op: '=', column: 'nope', value: '1' }] }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('"nope"'),
  })
  await expect(browser.page(keyed, { sort: [{ column: 'raw', direction: 'asc' }] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('"raw"'),
  })
})

test('values never become SQL, whatever they hold', async () => {
  const hostile = `'); drop table keyed; -- $1 \\ " \u{1f600} ' || pg_sleep(1)`
  for (const op of ['=', 'contains', 'starts with'] as const) {
    const filters: RowFilter[] = [{ op, column: 'name', value: hostile }]
    expect((await browser.page(keyed, { filters })).rows).toBe(0)
    expect(await browser.stream(loose, { filters })).toEqual([])
  }
  expect((await browser.page(keyed)).rows).toBe(4)
})
