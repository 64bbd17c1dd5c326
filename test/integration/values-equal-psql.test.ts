import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeCopyRow, indexRows } from '../../src/shared/copy-text.ts'
import { cellLimit, type RelationDescription } from '../../src/shared/rows.ts'
import { type Browser, openBrowser } from '../support/browse.ts'
import {
  createDatabase,
  hasPostgres15,
  startServer,
  type TestDatabase,
  type TestServer,
} from '../support/postgres.ts'
import { readBytes } from '../support/read-rows.ts'
import { noAbort } from '../support/session.ts'

const psqlPath = '/usr/lib/postgresql/15/bin/psql'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const tableOf = ({ schema, name }: RelationDescription): string => `${quote(schema)}.${quote(name)}`

/** What psql prints for each statement. */
const psql = async (database: TestDatabase, statements: readonly string[]): Promise<string[]> => {
  const border = 'border of two results'
  const child = spawn(psqlPath, ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database.url], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  child.stdin.end(statements.map((statement) => `${statement};\n\\echo ${border}\n`).join(''))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (errors !== '') throw new Error(errors)
  return output.split(`${border}\n`).slice(0, -1)
}

type Row = (string | null)[]

/** The rows of COPY's CSV, in which NULL is nothing at all and the empty text a pair of quotes. Shares no code with the console. */
const parseCsv = (csv: string): Row[] => {
  const rows: Row[] = []
  let row: Row = []
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"([^"]*(?:""[^"]*)*)"|([^,\n]*))([,\n])/g)) {
    row.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

const browseAll = async (
  { rows, session }: Browser,
  { oid, key }: RelationDescription,
): Promise<Uint8Array> => {
  const view = { relation: oid, columns: null, filters: [], sort: [] }
  if (key.length === 0) {
    const { resultId } = await rows.stream(view, noAbort())
    return readBytes(session.results, resultId)
  }
  const pages: Uint8Array[] = []
  let from: (string | null)[] | null = null
  for (;;) {
    const page: Awaited<ReturnType<Browser['rows']['page']>> = await rows.page(
      { ...view, from, backward: false, limit: 7 },
      noAbort(),
    )
    pages.push(await readBytes(session.results, page.resultId))
    if (!page.more) return new Uint8Array(Buffer.concat(pages))
    from = page.last
  }
}

/** A row as the grid has it, `cut` its list of cut cells, compared with psql's. */
const compareRow = async (
  { rows, session }: Browser,
  { oid, columns, key }: RelationDescription,
  seen: Row,
  right: Row,
  cut: string,
): Promise<void> => {
  const cutAt = new Map(
    cut === '' ? [] : cut.split(',').map((entry) => entry.split(':').map(Number) as [number, number]),
  )
  const shown = right.map((value, index) =>
    cutAt.has(index) ? [...(value ?? '')].slice(0, cellLimit).join('') : value,
  )
  expect(seen).toEqual(shown)
  for (const [index, bytes] of cutAt) {
    const column = columns[index]
    const whole = right[index] ?? ''
    expect(whole.length).toBeGreaterThan(shown[index]?.length ?? 0)
    if (column?.family !== 'bytea') expect(bytes).toBe(Buffer.byteLength(whole))
    if (column === undefined || key.length === 0) continue
    const place = key.map((name) => ({
      column: name,
      value: right[columns.findIndex((one) => one.name === name)] ?? '',
    }))
    const cell = await rows.cell({ relation: oid, column: column.name, key: place }, noAbort())
    expect(cell.bytes).toBe(Buffer.byteLength(whole))
    const value = cell.resultId === null ? null : await readBytes(session.results, cell.resultId)
    expect(Buffer.from(value ?? []).equals(Buffer.from(whole))).toBe(true)
  }
}

const compare = async (
  browser: Browser,
  description: RelationDescription,
  printed: string,
): Promise<void> => {
  const bytes = await browseAll(browser, description)
  const starts = indexRows(bytes)
  const right = parseCsv(printed)
  expect(starts.length - 1).toBe(right.length)
  for (const [row, whole] of right.entries()) {
    const seen = decodeCopyRow(bytes, starts[row] ?? 0, starts[row + 1] ?? 0)
    const cut = seen.pop() ?? ''
    // A line without columns is empty.
    await compareRow(browser, description, seen, description.columns.length === 0 ? [] : whole, cut)
  }
}

const unusual = {
  DateStyle: "'SQL, DMY'",
  IntervalStyle: "'sql_standard'",
  TimeZone: "'Asia/Kolkata'",
  bytea_output: "'escape'",
  // Its functions and operators of the same names come before PostgreSQL's own.
  search_path: '"Odd ""Schema"".%", pg_catalog, public',
}

describe.skipIf(!hasPostgres15).each([
  ['PostgreSQL 16 with unusual settings', 16, unusual],
  ['PostgreSQL 15', 15, {}],
] as const)('on %s', (_, version, settings: Record<string, string>) => {
  let server: TestServer | null = null
  let database: TestDatabase
  let browser: Browser
  let relations: string[]

  beforeAll(async () => {
    server = version === 15 ? await startServer({ version }) : null
    database = await createDatabase(server === null ? {} : { on: server.address })
    const client = await database.client()
    await client.query(await readFile(new URL('../support/foreign-schema.sql', import.meta.url), 'utf8'))
    await client.query(
      `create table marked (id int primary key, v text); insert into marked values (1, chr(65279)), (2, chr(65279) || 'marked')`,
    )
    for (const [name, value] of Object.entries(settings)) {
      await client.query(`alter database ${database.database} set ${name} = ${value}`)
    }
    const { rows } = await client.query(`
      select c.oid::text from pg_class as c
       where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.oid >= 16384 order by c.oid`)
    relations = rows.map(({ oid }) => oid)
    await client.end()
    browser = await openBrowser(database)
  })

  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await database.drop()
    await server?.stop()
  })

  test('every relation opens, and each of its values is what psql prints, sign for sign', async () => {
    expect(relations.length).toBeGreaterThan(100)
    const descriptions: RelationDescription[] = []
    for (const relation of relations) descriptions.push(await browser.rows.describe({ relation }, noAbort()))
    const printed = await psql(
      database,
      descriptions.map(({ key, ...description }) => {
        const order = key.length === 0 ? '' : ` order by ${key.map((name) => `r.${quote(name)}`).join(', ')}`
        return `copy (select * from ${tableOf({ key, ...description })} as r${order}) to stdout (format csv)`
      }),
    )
    const wrong: string[] = []
    for (const [index, description] of descriptions.entries()) {
      try {
        await compare(browser, description, printed[index] ?? '')
      } catch (error) {
        wrong.push(`${tableOf(description)}: ${error instanceof Error ? error.message : error}`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
