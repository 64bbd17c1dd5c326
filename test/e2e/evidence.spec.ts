import { join } from 'node:path'
import { runVerifier, unpackInto } from '../support/evidence-files.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectAs, openScreen } from './session.ts'

test('evidence is exported from the audit log with a reason, and what was saved verifies', async ({
  page,
}, testInfo) => {
  await connectAs(page, 'DBA')
  await openScreen(page, 'Audit log')
  const integrity = page.getByRole('region', { name: 'Integrity' })
  // The first seal of the sample servers covers tens of thousands of events; the second one little.
  await integrity.getByRole('button', { name: 'Seal now' }).click()
  await expect(integrity).toContainText(/seal \d+/)
  const sealNo = async () => Number(/seal (\d+)/.exec(await integrity.innerText())?.[1])
  const before = await sealNo()
  await integrity.getByRole('button', { name: 'Seal now' }).click()
  await expect.poll(sealNo).toBeGreaterThan(before)
  const last = String(await sealNo())
  await page.getByRole('button', { name: 'Export evidence' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export evidence' })
  await expect(dialog).toContainText('It holds personal data as it was recorded')
  await expect(dialog).toContainText(/All [\d,]+ events? of seals \d+ to \d+: complete/)
  await dialog.getByText('Seals', { exact: true }).click()
  await dialog.getByLabel('First seal').fill(last)
  await dialog.getByLabel('Last seal').fill(last)
  await expect(dialog).toContainText(`of seals ${last} to ${last}: complete`)
  await dialog.getByLabel('Reason').fill('CR-1204: asked for by the auditor')
  const button = dialog.getByRole('button', { name: 'Export', exact: true })
  // Browser tests have no keychain: an export without a signature is a choice of its own.
  await expect(button).toBeDisabled()
  await dialog.getByLabel('Export without a signature').check()
  expect(await seriousFindings(page)).toEqual([])
  await button.click()
  const made = dialog.getByRole('region', { name: 'What was made' })
  await expect(made).toContainText('Made without a signature, and verified')
  await expect(made).toContainText('UNSIGNED: nothing says who made this package.')
  expect(await seriousFindings(page)).toEqual([])

  const saved = page.waitForEvent('download')
  await made.getByRole('button', { name: 'Save the file' }).click()
  const download = await saved
  expect(download.suggestedFilename()).toMatch(/^evidence-.*\.zip$/)
  await expect(made.getByRole('button', { name: 'Saved' })).toBeDisabled()
  const folder = testInfo.outputPath()
  const file = `${folder}.zip`
  await download.saveAs(file)
  unpackInto(folder, file)
  const verified = await runVerifier(folder, join(folder, 'verify.mjs'), [])
  expect([verified.code, verified.stdout]).toEqual([
    2,
    expect.stringContaining('CR-1204: asked for by the auditor'),
  ])

  await dialog.getByRole('button', { name: 'Export something else' }).click()
  await expect(button).toBeVisible()
})

test('who may not read the trail as it is exports nothing', async ({ page }) => {
  await connectAs(page, 'Compliance reviewer')
  await openScreen(page, 'Audit log')
  await expect(page.getByRole('region', { name: 'Integrity' })).toContainText(/sealed/)
  await expect(page.getByRole('button', { name: 'Export evidence' })).toHaveCount(0)
})
