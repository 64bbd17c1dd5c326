import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, type Page, test } from '@playwright/test'
import { visibleText } from '../../src/renderer/ui/visible-text.ts'
import { hasPostgres15, launchServer } from '../support/postgres.ts'
import { serveConsole } from './serve.ts'

const psqlPath = '/usr/lib/postgresql/15/bin/psql'

/** Rows as psql prints them unaligned. No value of the schema holds these signs. */
const signs = { field: '\x1f', row: '\x1e', null: '\x1d', result: '\x1c' }

const psql = async (url: string, script: string): Promise<string> => {
  const layout = ['-XqAt', '-F', signs.field, '-R', signs.row, '-P', `null=${signs.null}`]
  const child = spawn(psqlPath, [...layout, '-v', 'ON_ERROR_STOP=1', '-d', url], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  })
  child.stdin.end(script)
  return text(child.stdout)
}

type Relation = { oid: string; schema: string; name: string }
type Row = (string | null)[]

const listRelations = `
  select c.oid, n.nspname, c.relname
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f')
     and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by c.oid`

const rowsOf = (printed: string): Row[] =>
  (printed === '' ? [] : printed.split(signs.row)).map((row) =>
    row.split(signs.field).map((field) => (field === signs.null ? null : field)),
  )

/** psql's rows of every relation, in the order of `relations`. */
const readWithPsql = async (url: string, relations: readonly Relation[]): Promise<Row[][]> => {
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
  const statements = relations.map(
    // The constant makes a row of a relation without columns visible.
    ({ schema, name }) =>
      `select *, 'end' from ${quote(schema)}.${quote(name)};\n\\echo -n '${signs.result}'\n`,
  )
  const results = (await psql(url, statements.join(''))).split(signs.result)
  // psql ends a result with a line end when rows end with another sign.
  return relations.map((_, at) => rowsOf((results[at] ?? '').replace(/^\n/, '').replace(/\n$/, '')))
}

/** What stands on the browse screen: each drawn row as pairs of column place and text. */
type Screen = { status: string; alerts: string[]; rows: [number, string][][] }

/** A cell as the grid draws it: line ends as signs, and no more than fits. */
const drawn = (value: string | null): string => {
  if (value === null) return 'NULL'
  if (value === '') return 'empty'
  const line = (shown: string) =>
    visibleText(shown)
      .replace(/\r\n|\n|\r/g, '↵')
      .replaceAll('\t', '⇥')
  return value.length > 220 ? `${line(value.slice(0, 220))}…` : line(value)
}

/** Opens a relation by its address, waits in the page until its rows or an error stand there, and reads what is drawn. */
const openByAddress = (page: Page, session: string, { oid, name }: Relation): Promise<Screen> =>
  page.evaluate(
    async ({ hash, title }) => {
      const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const textOf = (selector: string) => document.querySelector(selector)?.textContent ?? ''
      const alerts = () =>
        [...document.querySelectorAll('[role="alert"]')].map((alert) => alert.textContent ?? '')
      const isRead = () =>
        textOf('h1') === title &&
        textOf('.status-bar').includes('loaded') &&
        document.querySelector('.grid')?.getAttribute('aria-busy') === 'false' &&
        document.querySelector('.grid-skeleton') === null
      location.hash = hash
      const deadline = performance.now() + 10_000
      while (!isRead() && alerts().length === 0) {
        if (performance.now() > deadline) return { status: 'not read within 10 s', alerts: [], rows: [] }
        await nextFrame()
      }
      return {
        status: textOf('.status-bar'),
        alerts: alerts(),
        rows: [...document.querySelectorAll('.grid-row')].map((row) =>
          [...row.querySelectorAll('.grid-cell')].map((cell): [number, string] => [
            Number(cell.getAttribute('aria-colindex')) - 1,
            // Without what stands behind the value: its length when it is cut, the arrow of a foreign key.
            (cell.querySelector('.grid-cut-text') ?? cell.firstChild)?.textContent ?? '',
          ]),
        ),
      }
    },
    { hash: `${session}/browse?relation=${encodeURIComponent(JSON.stringify(oid))}`, title: name },
  )

/** What of a screen is not a row of psql's. Rows are looked up, since the grid sorts by the key. */
const differences = (screen: Screen, expected: readonly Row[]): string[] => {
  const unseen = expected.map((row) => row.map(drawn))
  const wrong = screen.rows.flatMap((cells) => {
    const at = unseen.findIndex((row) => cells.every(([place, seen]) => row[place] === seen))
    if (at === -1) return [`no row of psql's: ${JSON.stringify(cells.slice(0, 4))}`]
    unseen.splice(at, 1)
    return []
  })
  const count = Number(/([\d,]+) rows? loaded/.exec(screen.status)?.[1]?.replaceAll(',', ''))
  if (count !== expected.length) wrong.push(`${count} rows instead of ${expected.length}`)
  if (screen.rows.length < Math.min(expected.length, 10)) wrong.push(`only ${screen.rows.length} rows drawn`)
  return wrong
}

// A trace would draw every one of the screens again.
test.use({ trace: 'off' })

test.describe('a schema of somebody else on PostgreSQL 15', () => {
  test.skip(!hasPostgres15, 'PostgreSQL 15 of Debian is not installed')

  test('every relation opens without an error, and shows what psql prints', async ({ page }) => {
    test.setTimeout(180_000)
    const folder = mkdtempSync(join(tmpdir(), 'console-foreign-'))
    try {
      await using server = await launchServer(folder, { version: 15 })
      const { superuser, password, host, port, caFile } = server.address
      const url = `postgresql://${superuser}:${password}@${host}:${port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`
      await psql(url, readFileSync('test/support/foreign-schema.sql', 'utf8'))
      const relations = rowsOf((await psql(url, `${listRelations};`)).replace(/\n$/, '')).map(
        ([oid, schema, name]): Relation => ({
          oid: oid ?? '',
          schema: schema ?? '',
          name: name ?? '',
        }),
      )
      expect(relations.length).toBeGreaterThan(200)
      const expected = await readWithPsql(url, relations)

      const served = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: url })
      try {
        await page.goto(await served.link())
        await page.getByRole('button', { name: /^Connect to / }).click()
        await expect(page.getByRole('tree').getByRole('treeitem').first()).toBeVisible()
        const session = /#(\/s\/[^/]+)/.exec(page.url())?.[1] ?? ''

        const wrong: string[] = []
        for (const [at, relation] of relations.entries()) {
          const screen = await openByAddress(page, session, relation)
          const found = [...screen.alerts, ...differences(screen, expected[at] ?? [])]
          wrong.push(...found.map((what) => `${relation.schema}.${relation.name}: ${what}`))
        }
        expect(wrong).toEqual([])

        // What a person does: by the tree's filter, by the palette, to the last row and the last column.
        const grid = page.getByRole('grid')
        for (const name of ['with "quotes"', 'per%cent', '表', 'key_composite']) {
          await page.getByLabel('Filter objects by name').fill(name)
          await page.getByRole('treeitem', { name }).first().click()
          await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
          await expect(grid.getByRole('gridcell').first()).toBeVisible()
        }
        await page.getByLabel('Filter objects by name').fill('')
        for (const name of ['kept_loose', 'measured_rest_1', 'wide_texts']) {
          await page.keyboard.press('Control+k')
          await page.keyboard.type(name)
          await page.getByRole('option', { name }).first().click()
          await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
        }
        await grid.getByRole('gridcell').first().click()
        await page.keyboard.press('Control+End')
        await expect(grid.locator('[data-focused]')).toHaveAttribute('aria-colindex', '1600')
        await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('Column 1600')
        await expect(page.getByRole('alert')).toHaveCount(0)
      } finally {
        await served.stop()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
