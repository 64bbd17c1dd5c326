import type { Page } from '@playwright/test'
import { cell, expect, openRelation, test } from './browse-console.ts'

const status = (page: Page) => page.locator('footer')
const head = (page: Page, name: string) => page.getByRole('columnheader', { name: new RegExp(name) })
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

/** Adds a filter through its editor. */
const addFilter = async (page: Page, column: string, operator: string, value?: string): Promise<void> => {
  await page.getByRole('button', { name: '+ filter' }).click()
  const editor = page.locator('.filter-editor')
  const choose = async (label: string, option: string) => {
    await editor
      .getByRole('combobox', { name: label })
      .or(editor.getByLabel(label, { exact: true }))
      .first()
      .click()
    await editor.getByRole('option', { name: option, exact: true }).click()
  }
  await choose('Column', column)
  await choose('Operator', operator)
  if (value !== undefined) {
    const input = editor.getByLabel(/^Value|^From/).first()
    if ((await input.getAttribute('aria-haspopup')) === 'listbox') await choose('Value', value)
    else await input.fill(value)
  }
  await editor.getByRole('button', { name: 'Filter' }).click()
  await expect(editor).toBeHidden()
}

test('a table opens from the tree with its rows as they are stored', async ({ page, grid }) => {
  await openRelation(page, 'document')
  await expect(cell(page, 0, 0)).toHaveText('1')
  // Not as a JavaScript number, which would make it even.
  await expect(cell(page, 1, 5)).toHaveText('9007199254740995')
  await expect(grid).toHaveAttribute('aria-rowcount', '-1')
  await expect(status(page)).toContainText('1,000 rows loaded, keyset on id')
})

test('the End key leads to the last of 50,000 rows, and Home back', async ({ page, grid }) => {
  await openRelation(page, 'event')
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(grid.locator('.grid-row').last()).toContainText('50000')
  await expect(status(page)).toContainText('from the end')
  await page.keyboard.press('PageUp')
  await page.keyboard.press('Control+Home')
  await expect(grid.locator('.grid-row').first()).toContainText('actor 1')
  await expect(cell(page, 0, 0)).toHaveText('1')
})

test('scrolling reads on, page by page', async ({ page, grid }) => {
  await openRelation(page, 'document')
  await expect
    .poll(async () => {
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
      return status(page).innerText()
    })
    .toContain('2,500 rows loaded, all of them')
  // The last page may have come after the last scroll.
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await expect(grid.locator('.grid-row').last()).toContainText('document-2500.pdf')
})

const filters = [
  ['bytes', '>=', '9007199254743490', '2497'],
  ['filename', 'contains', 'MENT-24.', '24'],
  ['filename', 'starts with', 'document-17.', '17'],
  ['filename', 'matches (~)', '^document-9{3}\\.', '999'],
  ['state', '=', 'draft', '3'],
  ['released', '=', 'false', '2'],
  ['released', 'is null', undefined, '3'],
  ['valid_from', '>', '2032-11-03', '2499'],
  ['tags', 'contains (@>)', '{"tag 4"}', '4'],
  ['lots', 'contains (@>)', '2509', '2500'],
  ['payload', 'JSON path', '$.lot ? (@ > 2498)', '2499'],
  ['payload', 'contains (@>)', '{"lot": 77}', '77'],
] as const

test('a filter of each type finds its first row', async ({ page }) => {
  await openRelation(page, 'document')
  for (const [column, operator, value, first] of filters) {
    await test.step(`${column} ${operator}`, async () => {
      await addFilter(page, column, operator, value)
      await expect(cell(page, 0, 0)).toHaveText(first)
      await page.getByRole('button', { name: `Remove the filter on ${column}` }).click()
      await expect(cell(page, 0, 0)).toHaveText('1')
    })
  }
})

test('a value that the type does not know is refused by name, and the filter can be taken away', async ({
  page,
}) => {
  await openRelation(page, 'document')
  await addFilter(page, 'bytes', '=', 'many')
  await expect(page.getByRole('alert')).toContainText('bytes')
  await page.getByRole('button', { name: 'Remove the filters' }).click()
  await expect(cell(page, 0, 0)).toHaveText('1')
})

test('a click sorts, Shift adds a column, and going back undoes it', async ({ page }) => {
  await openRelation(page, 'document')
  await head(page, 'plant').click()
  await expect(cell(page, 0, 1)).toHaveText('HYD-1')
  await head(page, 'filename').click({ modifiers: ['Shift'] })
  await expect(head(page, 'filename')).toHaveAttribute('aria-sort', 'ascending')
  await expect(cell(page, 0, 2)).toHaveText('document-1002.pdf')
  await expect(page.getByText('sorted by plant ↑, filename ↑')).toBeVisible()
  await page.goBack()
  await expect(page.getByText('sorted by plant ↑ ×')).toBeVisible()
})

test('a foreign key leads to its row, and its row to those that point to it', async ({ page, grid }) => {
  await openRelation(page, 'document')
  await cell(page, 0, 1).click()
  await grid.focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(page.getByRole('heading', { name: 'plant', exact: true })).toBeVisible()
  await expect(cell(page, 0, 0)).toHaveText('VIZ-1')
  await cell(page, 0, 0).click()
  await page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('button', { name: 'document' })
    .click()
  await expect(page.getByRole('heading', { name: 'document', exact: true })).toBeVisible()
  await expect(cell(page, 1, 1)).toHaveText('VIZ-1')
  await page.goBack()
  await page.goBack()
  await expect(page.getByText('+ filter')).toBeVisible()
  await expect(cell(page, 0, 0)).toHaveText('1')
})

test('the inspector shows JSON with all its digits, an image of bytea, and loads a cut text whole', async ({
  page,
}) => {
  await openRelation(page, 'document')
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  for (const [column, check] of [
    [10, () => expect(inspector.locator('.code-view')).toContainText('12345678901234567890')],
    [11, () => expect(inspector.getByRole('img', { name: 'image/png' })).toBeVisible()],
    [12, () => expect(inspector.locator('.inspector-text')).toHaveText(/^(long ){1000}$/)],
  ] as const) {
    await page.getByRole('grid').evaluate((element) => element.scrollTo(0, 0))
    await cell(page, 0, 0).click()
    for (let at = 0; at < column; at += 1) await page.keyboard.press('ArrowRight')
    await check()
  }
  await cell(page, 1, 12).click()
  await expect(inspector).toContainText('The empty text.')
  await cell(page, 2, 12).click()
  await expect(inspector).toContainText('NULL')
})

test('a copied INSERT brings the same row back, cut values included', async ({ page, browsing }) => {
  await openRelation(page, 'document')
  await cell(page, 0, 0).click()
  await page.keyboard.press('Shift+Space')
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('menuitem', { name: 'as INSERT' }).click()
  await expect(page.getByText('Copied 1 row as INSERT.')).toBeVisible()
  const insert = await clipboard(page)
  const client = await browsing.database.client()
  await client.query('begin')
  await client.query('create temporary table document (like public.document) on commit drop')
  await client.query(insert.replace('"public".', ''))
  const { rows } = await client.query(
    'select count(*)::int as same from (select * from public.document where id = 1 intersect select * from document) as found',
  )
  await client.query('rollback')
  expect(rows[0].same).toBe(1)
})

test('Ctrl+C copies the selected range', async ({ page }) => {
  await openRelation(page, 'document')
  await cell(page, 0, 0).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Control+c')
  await expect(page.getByText('Copied 2 rows as TSV.')).toBeVisible()
  expect(await clipboard(page)).toBe('1\tVIZ-1\n2\tPUN-3')
})

test('columns stay as they were arranged after the window is opened anew', async ({
  page,
  browsing,
  grid,
}) => {
  await openRelation(page, 'event')
  await cell(page, 0, 1).click()
  await page.keyboard.press('ArrowUp')
  await expect(head(page, 'at ')).toHaveAttribute('data-focused', 'true')
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('Alt+ArrowRight')
  await expect(grid.getByRole('columnheader').last()).toContainText('at')
  const width = async () => (await head(page, 'at ').boundingBox())?.width
  const before = await width()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'id', exact: true }).click()
  await page.keyboard.press('Escape')
  await openRelation(page, 'plant')
  await browsing.enter(page)
  await openRelation(page, 'event')
  await expect(grid.getByRole('columnheader')).toHaveCount(2)
  await expect(grid.getByRole('columnheader').last()).toContainText('at')
  expect(await width()).toBe(before)
})

test('a table that was dropped meanwhile is named', async ({ page, browsing }) => {
  const client = await browsing.database.client()
  await client.query('create table gone (id int primary key); insert into gone values (1)')
  await browsing.enter(page)
  await openRelation(page, 'gone')
  await client.query('drop table gone')
  await head(page, 'id').click()
  await expect(page.getByRole('alert')).toContainText('gone')
})

test('a view without a key is read to its end as one stream', async ({ page, tree, grid }) => {
  await tree.getByText('Views').click()
  await openRelation(page, 'keyless')
  await expect(status(page)).toContainText('no key: read forward as one stream')
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(grid.locator('.grid-row').last()).toContainText('row 12000')
})

test('an empty table says that it is empty', async ({ page }) => {
  await openRelation(page, 'nothing')
  await expect(page.getByText('nothing has no rows.')).toBeVisible()
})

test('an exact count is made on request', async ({ page }) => {
  await openRelation(page, 'event')
  await page.getByRole('button', { name: 'count', exact: true }).click()
  await expect(page.locator('.page-head-facts')).toContainText('50,000 rows')
})

test('the structure of a table shows its columns and its DDL', async ({ page }) => {
  await openRelation(page, 'document')
  await page.getByRole('link', { name: 'Structure' }).click()
  await expect(page.getByRole('cell', { name: 'changed_at' })).toBeVisible()
  await page.getByRole('tab', { name: 'DDL' }).click()
  await expect(page.locator('.code-view')).toContainText('CREATE TABLE public.document')
  await page.getByRole('link', { name: 'Rows', exact: true }).click()
  await expect(cell(page, 0, 0)).toHaveText('1')
})

test('the tree is walked by keyboard and filtered by name', async ({ page, tree }) => {
  await tree.focus()
  await page.keyboard.press('Home')
  await expect(page.locator('.tree-line[data-focused]')).toContainText('public')
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('treeitem', { name: /^document/ })).toHaveCount(0)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('treeitem', { name: /^document/ })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Filter objects by name' }).fill('even')
  await expect(tree.getByRole('treeitem').first()).toContainText('event')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'event', exact: true })).toBeVisible()
})
