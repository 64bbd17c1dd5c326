import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './browse-console.ts'

const tables = 500

/** A schema of hundreds of tables, most with a foreign key or two, and one of another schema. */
const manyTables = `
  create schema "many tables";
  do $$
  begin
    for n in 1..${tables} loop
      execute format('create table "many tables".t_%s (id bigint primary key, name text not null, a int, b date, c numeric(12, 2))', n);
      if n > 1 and n % 9 <> 0 then
        execute format('alter table "many tables".t_%s add parent bigint not null references "many tables".t_%s', n, n / 6 + 1);
      end if;
      if n % 4 = 0 then
        execute format('alter table "many tables".t_%s add other bigint references "many tables".t_%s', n, least(n, n % 12 + 1));
      end if;
    end loop;
  end $$;
  alter table "many tables".t_1 add plant text references public.plant`

const node = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: new RegExp(`^table ${name},`) })

const openDiagram = async (page: Page, schema: string): Promise<void> => {
  await page.keyboard.press('Control+k')
  await page.keyboard.type(`diagram of ${schema}`)
  await page.getByRole('option', { name: `Diagram of ${schema}` }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(schema)
}

test('the diagram shows tables, columns and keys, is walked by keys alone, and opens the rows', async ({
  page,
  browsing,
}) => {
  await browsing.enter(page)
  await openDiagram(page, 'public')
  const document = node(page, 'document')
  await expect(document).toContainText('filename')
  await expect(document).toContainText('timestamptz')
  await expect(page.getByText('5 tables · 1 foreign key')).toBeVisible()
  await expect(
    page.getByRole('img', { name: 'document (plant) refers to plant (code), zero or many to one' }),
  ).toBeAttached()

  await page.getByLabel('Find a table').fill('docu')
  await page.keyboard.press('Enter')
  await expect(document).toBeFocused()
  const panel = page.getByRole('complementary', { name: 'Chosen table' })
  await expect(panel).toContainText('Refers to 1')
  await page.keyboard.press('ArrowLeft')
  await expect(node(page, 'plant')).toBeFocused()
  await expect(panel).toContainText('Referred to by 1')
  await page.keyboard.press('Tab')
  await expect(node(page, 'plant')).not.toBeFocused()
  await expect(page.locator('.react-flow__node:focus')).toHaveCount(1)

  await page.keyboard.press('k')
  await expect(document).not.toContainText('filename')
  await expect(document).toContainText('plant')
  await document.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/browse\?relation=/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('document')
})

test('a table leads to its place in the diagram, and the diagram is saved as SVG', async ({
  page,
  browsing,
}) => {
  await browsing.enter(page)
  await page.getByRole('treeitem', { name: 'document' }).first().click()
  await page.locator('.page-head').getByText('Structure').click()
  await page
    .getByRole('button', { name: 'Diagram' })
    .or(page.getByRole('link', { name: 'Diagram' }))
    .click()
  await expect(node(page, 'document')).toBeFocused()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as SVG' }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe('public.svg')
  const svg = readFileSync(await saved.path(), 'utf8')
  expect(svg).toContain('filename')
  expect(svg).toMatch(/^<svg .*<\/svg>$/s)
})

test('hundreds of tables are placed without holding up the screen, and each is found at once', async ({
  page,
  browsing,
}) => {
  test.setTimeout(60_000)
  const client = await browsing.database.client()
  await client.query(manyTables)
  try {
    await browsing.enter(page)
    await page.evaluate(() => {
      let last = performance.now()
      Object.assign(window, { longest: 0 })
      const frame = () => {
        const now = performance.now()
        Object.assign(window, { longest: Math.max(Number(Reflect.get(window, 'longest')), now - last) })
        last = now
        requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
    })
    const started = Date.now()
    await openDiagram(page, 'many tables')
    await expect(page.locator('.react-flow__node')).toHaveCount(tables + 1)
    const longest = await page.evaluate(() => Number(Reflect.get(window, 'longest')))
    test.info().annotations.push({
      type: 'measured',
      description: `${tables} tables after ${Date.now() - started} ms, longest frame ${Math.round(longest)} ms`,
    })
    await expect(page.getByText('1 table of other schemas')).toBeVisible()
    await page.getByLabel('Find a table').fill('t_478')
    await page.keyboard.press('Enter')
    await expect(node(page, 't_478')).toBeFocused()
    await expect(node(page, 't_478')).toContainText('parent')
    // What is out of sight is not drawn, and is there for the Tab key all the same.
    expect(await page.locator('.diagram-column').count()).toBeLessThan(400)
    await page.keyboard.press('Tab')
    await expect(page.locator('.react-flow__node:focus .diagram-column').first()).toBeVisible()
  } finally {
    await client.query('drop schema "many tables" cascade')
  }
})
