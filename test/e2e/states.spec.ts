import { expect, test } from './fixtures.ts'
import { connectAs } from './session.ts'

test('what the role may not read names the missing grant, and the rest goes on', async ({ page }) => {
  await connectAs(page, 'Operator')
  await page.getByLabel('Filter objects by name').fill('audit_logs')
  await page.getByRole('treeitem', { name: 'audit_logs' }).first().click()
  const alert = page.getByRole('alert')
  await expect(alert).toHaveAttribute('data-code', 'PERMISSION_DENIED')
  await expect(alert).toContainText(/GRANT SELECT ON .*audit_logs/i)
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('grid').getByRole('gridcell').first()).toBeVisible()
})

test('who may not create databases checks the sample database for drift all the same, and finds none', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Drift', exact: true }).click()
  await page.getByRole('button', { name: /^Check (now|again)$/ }).click()
  await expect(page.getByText('No drift.')).toBeVisible({ timeout: 60_000 })
})
