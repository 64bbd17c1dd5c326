import type { Page } from '@playwright/test'
import { seriousFindings } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectAs, openScreen } from './session.ts'

/** How many events the head of the screen tells. */
const told = async (page: Page): Promise<number> =>
  Number(
    ((await page.locator('.page-head-facts').textContent()) ?? '')
      .replace(/ events.*/, '')
      .replaceAll(',', ''),
  )

const addFilter = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: '+ filter' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

test.beforeEach(async ({ page }) => {
  await connectAs(page, 'Compliance reviewer')
  await openScreen(page, 'Audit log')
})

test('filters of the audit log narrow it together, and the way back leads through them', async ({ page }) => {
  const all = await told(page)
  await addFilter(page, 'Outside working hours')
  await expect(page.getByLabel('From', { exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^outside Mon–Fri 07:00–19:00/ })).toBeVisible()
  await expect.poll(() => told(page)).toBeLessThan(all)
  const outside = await told(page)
  await addFilter(page, 'Changed field')
  await page.getByRole('textbox', { name: 'changed field' }).fill('site')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'changed field site' })).toBeVisible()
  await expect.poll(() => told(page)).toBeLessThan(outside)
  expect(new URL(page.url()).hash).not.toContain('site')
  expect(await seriousFindings(page)).toEqual([])
  await page.goBack()
  await expect(page.getByRole('button', { name: 'changed field site' })).toHaveCount(0)
  await expect.poll(() => told(page)).toBe(outside)
})

test('what is unusual leads to its events, and an event to all of its row', async ({ page }) => {
  const unusual = page.getByRole('region', { name: 'Unusual activity' })
  await unusual.getByRole('button', { name: '412 rows of auth_sessions deleted at once' }).click()
  await expect.poll(() => told(page)).toBe(412)
  await expect(page.getByRole('button', { name: /^transaction \d+$/ })).toBeVisible()
  await page.getByRole('button', { name: 'All changes of this row' }).click()
  await expect(page.getByRole('button', { name: 'when all time' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'table auth_sessions' })).toBeVisible()
  await expect.poll(() => told(page)).toBe(1)
  expect(await seriousFindings(page)).toEqual([])
})

test('the history of a row is one step away from the row', async ({ page }) => {
  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('treeitem', { name: /^documents/ }).click()
  await page.getByRole('grid', { name: 'Rows of documents' }).getByRole('gridcell').first().click()
  await page.getByRole('link', { name: 'History of this row' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'table documents' })).toBeVisible()
  await expect.poll(() => told(page)).toBeGreaterThan(1)
})
