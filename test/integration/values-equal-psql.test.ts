import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
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

/** What psql prints for each statement, byte for byte. */
const psql = async (database: TestDatabase, statements: readonly string[]): Promise<Buffer[]> => {
  const border = 'border of two results'
  const child = spawn(psqlPath, ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database.url], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  child.stdin.end(statements.map((statement) => `${statement};\n\\echo ${border}\n`).join(''))
  const [output, errors] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  if (errors.length > 0) throw new Error(errors.toString())
  const parts: Buffer[] = []
  let from = 0
  for (;;) {
    const at = output.indexOf(`${border}\n`, from)
    if (at === -1) return parts
    parts.push(output.subarray(from, at))
    from = at + border.length + 1
  }
}

/** Every row as it was sent, as bytes in latin1. */
const lines = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('latin1').split('\n').slice(0, -1)

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

/** The whole values of a row's cut cells, each compared with psql's. */
const checkCutCells = async (
  { rows, session }: Browser,
  description: RelationDescription,
  seen: (string | null)[],
  right: (string | null)[],
  cut: string,
): Promise<void> => {
  for (const [index, bytes] of cut.split(',').map((entry) => entry.split(':').map(Number))) {
    const column = description.columns[index ?? -1]
    const whole = right[index ?? -1] ?? ''
    expect([...(seen[index ?? -1] ?? '')].join('')).toBe([...whole].slice(0, cellLimit).join(''))
    expect([...whole].length).toBeGreaterThan(cellLimit)
    if (column?.family !== 'bytea') expect(bytes).toBe(Buffer.byteLength(whole))
    if (column === undefined || description.key.length === 0) continue
    const key = description.key.map((name) => ({
      column: name,
      value: right[description.columns.findIndex((one) => one.name === name)] ?? '',
    }))
    const cell = await rows.cell({ relation: description.oid, column: column.name, key }, noAbort())
    expect(cell.bytes).toBe(Buffer.byteLength(whole))
    const value = cell.resultId === null ? null : await readBytes(session.results, cell.resultId)
    expect(Buffer.from(value ?? []).equals(Buffer.from(whole))).toBe(true)
  }
}

const compare = async (
  browser: Browser,
  description: RelationDescription,
  printed: Buffer,
): Promise<void> => {
  const bytes = await browseAll(browser, description)
  const mine = lines(bytes)
  const right = lines(printed)
  expect(mine.length).toBe(right.length)
  const starts = indexRows(bytes)
  const rightStarts = indexRows(printed)
  for (const [row, line] of mine.entries()) {
    const at = line.lastIndexOf('\t')
    const cut = line.slice(at + 1)
    if (cut === '') expect(line.slice(0, Math.max(at, 0))).toBe(right[row])
    else {
      const [seen, whole] = [
        decodeCopyRow(bytes, starts[row] ?? 0, starts[row + 1] ?? 0),
        decodeCopyRow(printed, rightStarts[row] ?? 0, rightStarts[row + 1] ?? 0),
      ]
      const cutAt = new Set(cut.split(',').map((entry) => Number(entry.split(':')[0])))
      expect(seen.slice(0, -1).filter((_, index) => !cutAt.has(index))).toEqual(
        whole.filter((_, index) => !cutAt.has(index)),
      )
      await checkCutCells(browser, description, seen, whole, cut)
    }
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

  test('every relation opens, and each of its values is what psql prints, byte for byte', async () => {
    expect(relations.length).toBeGreaterThan(100)
    const descriptions: RelationDescription[] = []
    for (const relation of relations) descriptions.push(await browser.rows.describe({ relation }, noAbort()))
    const printed = await psql(
      database,
      descriptions.map(({ key, ...description }) => {
        const order = key.length === 0 ? '' : ` order by ${key.map((name) => `r.${quote(name)}`).join(', ')}`
        return `copy (select * from ${tableOf({ key, ...description })} as r${order}) to stdout`
      }),
    )
    const wrong: string[] = []
    for (const [index, description] of descriptions.entries()) {
      try {
        await compare(browser, description, printed[index] ?? Buffer.alloc(0))
      } catch (error) {
        wrong.push(`${tableOf(description)}: ${error instanceof Error ? error.message : error}`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
