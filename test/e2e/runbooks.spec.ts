import { readFileSync } from 'node:fs'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectAs, disconnectAll } from './session.ts'

test('a check is run and noted, gone on with in another session, signed for a reason, and saved as PDF', async ({
  page,
}) => {
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Runbooks' }).click()
  await page.getByRole('button', { name: 'Deployment' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const run = page.getByRole('region', { name: 'Deployment' })
  await expect(run.getByRole('region')).toHaveCount(4)
  await expect(run).toContainText('Kept in ops.runbook_run.')
  const sign = run.getByRole('button', { name: 'Sign' })
  await expect(sign).toBeDisabled()
  await expectAccessible(page, 'a runbook')
  const isKept = page.waitForResponse((response) => response.url().includes('runbooks.mark'))
  await run.getByLabel('Note on Migrations before the rollout').fill('At 0019')
  await isKept
  await run.getByRole('checkbox', { name: 'Migrations before the rollout was done' }).click()
  await expect(run.getByRole('checkbox', { name: 'Migrations before the rollout was done' })).toBeChecked()

  await page.goto(new URL('/', page.url()).href)
  await disconnectAll(page)
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Runbooks' }).click()
  await page.getByRole('button', { name: 'Deployment' }).click()
  const runs = page.getByRole('region', { name: 'Runs' })
  const row = runs.getByRole('row').nth(1)
  await expect(row).toContainText('dba-1not signed')
  await expectAccessible(page, 'runs of a runbook')
  await row.getByRole('button').click()
  await expect(run.getByLabel('Note on Migrations before the rollout')).toHaveValue('At 0019')
  await expect(run.getByRole('checkbox', { name: 'Migrations before the rollout was done' })).toBeChecked()
  await run.getByLabel('Note on Recovery').fill('Restored on Monday')
  await run.getByLabel('Reason').fill('CHG-2041 may go')
  await sign.click()
  await expect(run.getByRole('status')).toContainText(/Signed .* by dba-1: CHG-2041 may go/)
  await expect(run).toContainText('Recorded in the audit trail.')
  await expect(run.getByRole('region', { name: 'Recovery' })).toContainText('Note: Restored on Monday')

  await page.getByRole('button', { name: 'All runs' }).click()
  await expect(row).toContainText('signed by dba-1')
  await row.getByRole('button').click()
  const saved = page.waitForEvent('download')
  await run.getByRole('button', { name: 'Save as PDF' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^deployment-\d{4}-\d\d-\d\d\.pdf$/)
  expect(
    readFileSync(await file.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
})
