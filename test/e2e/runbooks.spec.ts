import { readFileSync } from 'node:fs'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectAs } from './session.ts'

test('a daily check is run, noted, signed for a reason, and saved as PDF', async ({ page }) => {
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Runbooks' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const run = page.getByRole('region', { name: 'Daily check' })
  await expect(run.getByRole('region')).toHaveCount(4)
  const sign = run.getByRole('button', { name: 'Sign' })
  await expect(sign).toBeDisabled()
  await expectAccessible(page, 'a runbook')

  await run.getByLabel('Note on Replication').fill('One standby, as it should be')
  await run.getByLabel('Reason').fill('Nothing stands out')
  await sign.click()
  await expect(run.getByRole('status')).toContainText(/Signed .* by dba-1: Nothing stands out/)
  await expect(run).toContainText('Recorded in the audit trail.')
  await expect(run.getByRole('region', { name: 'Replication' })).toContainText(
    'Note: One standby, as it should be',
  )

  const saved = page.waitForEvent('download')
  await run.getByRole('button', { name: 'Save as PDF' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^daily-\d{4}-\d\d-\d\d\.pdf$/)
  expect(
    readFileSync(await file.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
})
