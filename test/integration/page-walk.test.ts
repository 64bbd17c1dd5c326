import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RowSort } from '../../src/shared/rows.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let browser: Browser

beforeAll(async () => {
  database = await createDatabase()
  const client = await database.client()
  await client.query(`
    create type mood as enum ('sad', 'ok', 'happy');
    create type pair as (a int, b text);
    create domain positive as int check (value > 0);
    create table mixed (
      site text not null, number int not null,
      ties int, nullable text, feeling mood, size positive, fraction float8, part pair, tags int[], span int4range,
      price numeric, at timestamptz, code char(4), flag boolean not null,
      primary key (site, number)
    );
    select setseed(0.42);
    insert into mixed
    select chr(65 + n % 3), n / 3,
           nullif((random() * 4)::int, 2), (array[null, '', 'ä', E'a\\tb', 'a', 'B', 'zz', E'x\\ny'])[1 + (random() * 7)::int],
           (array['sad', 'ok', 'happy', null]::mood[])[1 + (random() * 3)::int],
           1 + n % 5, (array['NaN', 'Infinity', '-Infinity', '0.1', '1e308', '-0', null]::float8[])[1 + (random() * 6)::int],
           case when n % 4 > 0 then row(nullif(n % 3, 1), nullif('t' || n % 2, 't0'))::pair end,
           case when n % 5 > 0 then array[n % 2, nullif(n % 3, 0)] end, int4range(n % 4, n % 4 + 3),
           (array['NaN', '1.10', '1.1', '-Infinity', null]::numeric[])[1 + (random() * 4)::int],
           (array['infinity', '-infinity', '2024-02-29 10:00:00.123456+00', '0044-03-15 BC', null]::timestamptz[])[1 + (random() * 4)::int],
           (array['a', 'a ', 'b', null])[1 + n % 4], n % 2 = 0
      from generate_series(1, 400) as n`)
  browser = await openBrowser(database)
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await database.drop()
})

const orders: RowSort[][] = [
  [],
  [{ column: 'number', direction: 'desc' }],
  [{ column: 'site', direction: 'desc' }],
  ...[
    'ties',
    'nullable',
    'feeling',
    'size',
    'fraction',
    'part',
    'tags',
    'span',
    'price',
    'at',
    'code',
    'flag',
  ].flatMap((column): RowSort[][] => [[{ column, direction: 'asc' }], [{ column, direction: 'desc' }]]),
  [
    { column: 'ties', direction: 'asc' },
    { column: 'nullable', direction: 'desc' },
  ],
  [
    { column: 'feeling', direction: 'desc' },
    { column: 'ties', direction: 'desc' },
    { column: 'flag', direction: 'asc' },
    { column: 'at', direction: 'asc' },
  ],
  [
    { column: 'flag', direction: 'desc' },
    { column: 'number', direction: 'asc' },
    { column: 'site', direction: 'desc' },
    { column: 'price', direction: 'asc' },
  ],
]

/** What the server itself says the order is. */
const expected = async (sort: RowSort[]): Promise<(string | null)[][]> => {
  const client = await database.client()
  const last = sort.at(-1)?.direction ?? 'asc'
  const terms = [
    ...sort.map(({ column, direction }) => `m.${column} ${direction}`),
    ...['site', 'number']
      .filter((key) => !sort.some(({ column }) => column === key))
      .map((key) => `m.${key} ${last}`),
  ]
  const { rows } = await client.query(
    `select site, number::text from mixed as m order by ${terms.join(', ')}`,
  )
  await client.end()
  return rows.map(({ site, number }) => [site, number])
}

describe('walking all pages gives every row once, in the order of ORDER BY', () => {
  test.for(
    orders.map(
      (sort) => [sort.map((s) => `${s.column} ${s.direction}`).join(', ') || 'the key', sort] as const,
    ),
  )('by %s', async ([, sort]) => {
    const relation = await browser.oidOf('mixed')
    const right = await expected(sort)
    const columns = ['site', 'number']
    for (const limit of [7, 100, 400, 1000]) {
      expect(await browser.walk(relation, { sort, columns, limit })).toEqual(right)
      expect(await browser.walk(relation, { sort, columns, limit, backward: true })).toEqual(right)
    }
  })
})

test('rows that come and go between two pages neither double nor hide the others', async () => {
  const client = await database.client()
  await client.query(`
    create table busy (id int primary key, sort int);
    insert into busy select n * 10, nullif(n % 7, 3) from generate_series(1, 200) as n`)
  const relation = await browser.oidOf('busy')
  for (const backward of [false, true]) {
    let next = 0
    const walked = await browser.walk(relation, {
      sort: [{ column: 'sort', direction: 'desc' }],
      limit: 9,
      backward,
      between: async () => {
        next += 1
        await client.query('insert into busy values ($1, $2), ($1 + 1, null)', [
          next * 10 + (backward ? 5 : 1),
          next % 9,
        ])
        await client.query('delete from busy where id = $1', [next * 10 + (backward ? 5 : 1)])
      },
    })
    const ids = walked.map(([id]) => Number(id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => id % 10 === 0)).toHaveLength(200)
  }
  await client.end()
})

test('a page deep in the table reads the index from its place on, not from the start', async () => {
  const client = await database.client()
  await client.query(`
    create table deep (id int primary key, sort int, note text);
    create index on deep (sort, id);
    insert into deep select n, nullif(n / 10, 0), 'note' from generate_series(1, 50000) as n;
    analyze deep`)
  const relation = await browser.oidOf('deep')
  const read = async (): Promise<number> => {
    const { rows } = await client.query(`
      select pg_stat_clear_snapshot(), idx_tup_read::int as read from pg_stat_user_indexes where relname = 'deep' and indexrelname = 'deep_sort_id_idx'`)
    return rows[0].read
  }
  for (const [direction, from] of [
    ['asc', ['4900', '49005']],
    ['desc', ['20', '205']],
  ] as const) {
    const before = await read()
    await browser.page(relation, { sort: [{ column: 'sort', direction }], from: [...from], limit: 50 })
    await expect.poll(read, { timeout: 15_000 }).toBeGreaterThan(before)
    expect((await read()) - before).toBeLessThan(200)
  }
  await client.end()
})
