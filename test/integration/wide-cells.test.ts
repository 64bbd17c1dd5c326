import { afterAll, beforeAll, expect, test } from 'vitest'
import { cellLimit } from '../../src/shared/rows.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { readBytes } from '../support/read-rows.ts'
import { noAbort } from '../support/session.ts'

let database: TestDatabase
let browser: Browser
let relation: string
const MB = 1024 * 1024

beforeAll(async () => {
  database = await createDatabase()
  const client = await database.client()
  await client.query(`
    create table huge (id int primary key, t text, b bytea, j jsonb, n int);
    alter table huge alter t set storage external;
    insert into huge values
      (1, repeat('x', 300 * 1024 * 1024), convert_to(repeat('y', 300 * 1024 * 1024), 'UTF8'), to_jsonb(repeat('z', 200 * 1024 * 1024)), 1),
      (2, 'short', '\\x00', '"short"', 2),
      (3, repeat('ü', 10 * 1024 * 1024), decode(repeat('5c0a0900ff', 400000), 'hex'), to_jsonb(repeat(E'\\t\\\\"', 300000)), 3),
      (4, null, null, null, null),
      (5, '', '', '""', 5)`)
  browser = await openBrowser(database)
  relation = await browser.oidOf('huge')
}, 120_000)

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await database.drop()
})

const cell = (column: string, id: number) =>
  browser.rows.cell({ relation, column, key: [{ column: 'id', value: String(id) }] }, noAbort())

const whole = async (column: string, id: number): Promise<Buffer | null> => {
  const { resultId, bytes } = await cell(column, id)
  if (resultId === null) return null
  const value = Buffer.from(await readBytes(browser.session.results, resultId))
  expect(value.length).toBe(bytes)
  return value
}

test('a page with cells of 300 MB opens, cut, and says how large they are', async () => {
  const { cells } = await browser.page(relation)
  const [first, second] = cells
  expect(first?.[1]).toBe('x'.repeat(cellLimit))
  expect(first?.[2]).toBe(`\\x${'79'.repeat(cellLimit / 2 - 1)}`)
  const marks = Object.fromEntries((first?.[5] ?? '').split(',').map((mark) => mark.split(':')))
  expect(marks).toMatchObject({ 1: String(300 * MB), 2: String(300 * MB) })
  // A jsonb is not even written as text: its cell is empty, its size is the stored one.
  expect(first?.[3]).toBe('')
  expect(Number(marks[3])).toBeGreaterThan(128 * 1024)
  expect(second).toEqual(['2', 'short', '\\x00', '"short"', '2', ''])
  expect(await browser.stream(relation)).toEqual(cells)
})

test('a value beyond what the inspector shows is refused with its size and a way out', async () => {
  for (const column of ['t', 'b', 'j']) {
    await expect(cell(column, 1)).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      message: expect.stringMatching(/"(t|b|j)".*"public"\."huge".* MB/),
      remedy: expect.stringContaining('\\copy (SELECT'),
    })
  }
})

test('a value below that comes whole, as raw bytes', async () => {
  // Not toEqual(): it takes seconds to compare megabytes.
  const same = async (column: string, right: string) =>
    Buffer.from(right).equals((await whole(column, 3)) ?? Buffer.alloc(0))
  expect(await same('t', 'ü'.repeat(10 * MB))).toBe(true)
  expect(await same('b', `\\x${'5c0a0900ff'.repeat(400_000)}`)).toBe(true)
  expect(await same('j', `"${'\\t\\\\\\"'.repeat(300_000)}"`)).toBe(true)
  expect(await whole('t', 2)).toEqual(Buffer.from('short'))
  expect(await whole('t', 5)).toEqual(Buffer.alloc(0))
  expect(await whole('t', 4)).toBeNull()
  expect(await whole('n', 4)).toBeNull()
})

test('a row that is gone, and a key that is not the whole key, are said', async () => {
  await expect(cell('t', 9)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(
    browser.rows.cell({ relation, column: 't', key: [{ column: 'n', value: '1' }] }, noAbort()),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('a sorted value too long for a cursor is refused only where a page ends at it', async () => {
  const client = await database.client()
  await client.query(`
    create table unsorted (id int primary key, t text);
    insert into unsorted values (1, 'a'), (2, repeat('b', 300000)), (3, 'c')`)
  const unsorted = await browser.oidOf('unsorted')
  const sort = [{ column: 't', direction: 'asc' as const }]
  expect((await browser.page(unsorted, { sort, columns: ['id'] })).cells).toEqual([
    ['1', ''],
    ['2', ''],
    ['3', ''],
  ])
  await expect(browser.page(unsorted, { sort, columns: ['id'], limit: 2 })).rejects.toMatchObject({
    code: 'VALUE_TOO_LARGE',
    message: expect.stringContaining('cannot be paged in this order'),
  })
})

test('long sorted values that are cut on screen are whole in cursors', async () => {
  const client = await database.client()
  await client.query(`
    create table long_sort (id int primary key, t text, j jsonb);
    insert into long_sort select n, repeat('a', 3000) || n % 7, jsonb_build_object('a', repeat('b', 2000), 'n', n % 5) from generate_series(1, 50) as n`)
  const long = await browser.oidOf('long_sort')
  for (const column of ['t', 'j']) {
    for (const direction of ['asc', 'desc'] as const) {
      const { rows } = await client.query(
        `select id::text from long_sort as l order by l.${column} ${direction}, l.id ${direction}`,
      )
      const right = rows.map(({ id }) => id)
      for (const columns of [['id'], ['id', column]]) {
        const walked = await browser.walk(long, { sort: [{ column, direction }], columns, limit: 6 })
        expect(walked.map(([id]) => id)).toEqual(right)
      }
    }
  }
})
