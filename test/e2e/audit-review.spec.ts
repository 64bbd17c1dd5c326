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
