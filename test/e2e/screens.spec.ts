import { eventsTold } from './events-told.ts'
import { expect, test } from './fixtures.ts'
import { connectAs, openScreen } from './session.ts'

test.beforeEach(async ({ page }) => {
  await connectAs(page, 'Compliance reviewer')
})

test('metadata is read by plant and site', async ({ page }) => {
  await openScreen(page, 'Metadata')
  await page.getByRole('button', { name: /^VIZ-1/ }).click()
  await expect(page.getByRole('toolbar')).toContainText('VIZ-1')
  const grid = page.getByRole('grid', { name: 'Metadata' })
  await expect(grid.getByRole('gridcell', { name: 'VIZ-1' }).first()).toBeVisible()
  await expect(grid.getByRole('gridcell', { name: 'AHM-1' })).toHaveCount(0)
  await page.getByLabel('Find in keys').fill('line_speed')
  await expect(page.getByRole('heading', { level: 2, name: 'line_speed' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Value of value' })).toContainText('"unit"')
})

test('documents are filtered by state, and show what is known of one', async ({ page }) => {
  await openScreen(page, 'Documents')
  await page.getByRole('button', { name: 'state any' }).click()
  await page.getByRole('checkbox', { name: 'pending' }).check()
  await page.keyboard.press('Escape')
  const grid = page.getByRole('grid', { name: 'Documents' })
  await expect(grid.getByRole('gridcell', { name: 'stored' })).toHaveCount(0)
  await grid.getByRole('gridcell', { name: 'pending' }).nth(3).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toContainText('pending')
  await expect(details).toContainText('"lot"')
})

test('the audit log is narrowed by table and operation, and shows a change field by field', async ({
  page,
}) => {
  await openScreen(page, 'Audit log')
  const facts = page.locator('.page-head-facts')
  const before = await facts.textContent()
  await page.getByRole('button', { name: 'table all' }).click()
  await page.getByRole('checkbox', { name: 'documents', exact: true }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'operation all' }).click()
  await page.getByRole('checkbox', { name: 'UPDATE' }).check()
  await page.keyboard.press('Escape')
  await expect(facts).not.toHaveText(before ?? '')
  await expect(page.getByRole('heading', { name: /^UPDATE documents/ })).toBeVisible()
  const changes = page.getByRole('table')
  await expect(changes.getByRole('columnheader')).toHaveText(['Field', 'Before', 'After'])
  await expect(changes.locator('[data-change="before"]').first()).toBeVisible()
  // An update tells of the new row what it changed: the others are not shown as taken away.
  await expect(changes.getByRole('rowheader', { name: 'id', exact: true })).toHaveCount(0)
})

test('brushing the time line narrows the period to what was brushed', async ({ page }) => {
  await openScreen(page, 'Audit log')
  const all = await eventsTold(page)
  const bars = page.locator('.timeline-bars')
  const box = await bars.boundingBox()
  if (box === null) throw new Error('The time line is not drawn.')
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 5 })
  await page.mouse.up()
  await expect(page.getByRole('button', { name: /^when from .* to / })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBeLessThan(all)
  expect(await eventsTold(page)).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Remove the filter of when' }).click()
  await expect(page.getByRole('button', { name: 'when all time' })).toBeVisible()
})
