import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Locator, type Page } from '@playwright/test'
import { createDatabase, launchServer, type TestDatabase } from '../support/postgres.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

/** A relation of each kind that the grid treats in its own way. */
const schema = `
  create type state as enum ('draft', 'released', 'void');
  create table plant (code text primary key, name text not null);
  insert into plant values ('HYD-1', 'Hyderabad'), ('VIZ-1', 'Vizag'), ('PUN-3', 'Pune');
  create table document (
    id bigint primary key, plant text not null references plant, filename text not null, state state not null,
    released boolean, bytes bigint, valid_from date, changed_at timestamptz, tags text[], lots int4range,
    payload jsonb, image bytea, note text);
  insert into document
  select n, (array['HYD-1', 'VIZ-1', 'PUN-3'])[n % 3 + 1], 'document-' || n || '.pdf', (enum_range(null::state))[n % 3 + 1],
         case n % 3 when 0 then null else n % 3 = 1 end, 9007199254740993 + n, date '2026-01-01' + n, timestamptz '2026-01-01 00:00+00' + n * interval '1 hour',
         array['tag ' || n % 5, 'a,b'], int4range(n, n + 10), jsonb_build_object('lot', n, 'pages', n % 7, 'digits', 12345678901234567890),
         decode('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082', 'hex'),
         case when n = 1 then repeat('long ', 1000) when n = 2 then '' when n = 3 then null else 'it''s note ' || n end
    from generate_series(1, 2500) as n;
  create table event (id bigint primary key, at timestamptz not null, actor text not null);
  insert into event select n, timestamptz '2026-01-01' + n * interval '1 minute', 'actor ' || n % 20 from generate_series(1, 50000) as n;
  create table secret (id int primary key);
  create view keyless as select n, 'row ' || n as name from generate_series(1, 12000) as n;
  create table nothing (id int primary key);
  analyze;`

/** A database of these relations, a console that is open on it, and the ways to what its screen shows. */
export type BrowseConsole = {
  database: TestDatabase
  /** Opens the console's browse screen in the page. */
  enter(page: Page): Promise<void>
}

export const test = base.extend<{ grid: Locator; tree: Locator }, { browsing: BrowseConsole }>({
  browsing: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'console-browse-'))
      const server = await launchServer(folder)
      let served: ServedConsole | null = null
      try {
        const database = await createDatabase({ on: server.address })
        const client = await database.client()
        await client.query(schema)
        const started = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: database.url })
        served = started
        await use({
          database,
          async enter(page) {
            await page.goto(await started.link())
            await page.getByRole('button', { name: 'Connect', exact: true }).first().click()
            await page.waitForURL(/\/browse/)
            await page.getByRole('treeitem', { name: /document/ }).waitFor()
          },
        })
      } finally {
        await served?.stop()
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ page, browsing, context }, use) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await browsing.enter(page)
    await use(page)
    await context.clearPermissions()
  },
  grid: async ({ page }, use) => use(page.getByRole('grid')),
  tree: async ({ page }, use) => use(page.getByRole('tree')),
})

/** Opens a relation from the tree and waits for its first rows, or for the word that there are none. */
export const openRelation = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('treeitem', { name: new RegExp(`^${name}\\b`) }).click()
  await page.getByRole('heading', { name, exact: true }).waitFor()
  await page.locator('footer', { hasText: 'loaded' }).waitFor()
}

/** The cell of a loaded row: rows and columns are counted from 0 as they stand on the screen. */
export const cell = (page: Page, row: number, column: number): Locator =>
  page.locator(`.grid-row[data-ordinal="${row}"] .grid-cell[data-position="${column}"]`)
