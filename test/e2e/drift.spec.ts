import { seriousFindings } from './axe.ts'
import { expect, test } from './migrations-console.ts'

test('what was changed behind the migrations is found, mended with the SQL that is shown, or accepted until a day', async ({
  page,
  migrating,
  context,
}) => {
  test.setTimeout(120_000)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const target = await migrating.target()
  const client = await target.database.client()
  await target.enter(page)
  await page.getByRole('button', { name: 'Plan 3 pending' }).click()
  await page.getByLabel('Reason').fill('CR-1204: set-up')
  await page.getByRole('button', { name: /^Apply/ }).click()
  await expect(page.getByText('The database is at 0003.')).toBeVisible()

  await page.keyboard.press('v')
  await expect(page.getByText('Not checked yet in this session.')).toBeVisible()
  await page.keyboard.press('v')
  await expect(page.getByText('No drift.')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText(/^no drift · \d+ objects compared at 0003/)).toBeVisible()
  await expect(page.getByText(/^compared with a temporary database on the same server, made /)).toBeVisible()

  await client.query('alter table plant add behind text; alter table person alter name drop not null')
  await page.getByRole('button', { name: 'Check again' }).click()
  const list = page.getByRole('listbox', { name: 'Differences' })
  const added = list.getByRole('option', { name: /column public\.plant\.behind/ })
  await expect(added).toBeVisible({ timeout: 30_000 })
  await expect(list.getByRole('option', { name: /column public\.person\.name/ })).toBeVisible()

  // Mended by the SQL that the screen gives.
  await added.click()
  const mend = page.getByRole('region', { name: 'Make the database as the migrations say' })
  await mend.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByText('The SQL is on the clipboard.')).toBeVisible()
  await client.query(await page.evaluate(() => navigator.clipboard.readText()))
  await context.clearPermissions()
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(list.getByRole('option', { name: /column public\.person\.name/ })).toBeVisible({
    timeout: 30_000,
  })
  await expect(added).toHaveCount(0)

  // What is left is accepted; then nothing counts.
  const accept = page.getByRole('button', { name: /^Accept until/ })
  const counted = list.getByRole('group', { name: 'Counts as drift' }).getByRole('option')
  await expect(counted).toHaveCount(1)
  await counted.first().click()
  await expect(page.getByRole('table')).toContainText('not null')
  await expect(accept).toBeDisabled()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByLabel('Reason').fill('CR-1207: goes with the next release')
  await accept.click()
  await expect(page.getByText(/^no drift, \d+ accepted/)).toBeVisible()
  const waivers = page.getByRole('region', { name: 'Waivers' })
  await expect(waivers).toContainText('by test_owner until')
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByText(/^no drift, \d+ accepted/)).toBeVisible({ timeout: 30_000 })

  await list.getByRole('option').first().click()
  await waivers.getByRole('button', { name: 'Take back' }).click()
  await expect(counted).toHaveCount(1)
  expect(
    (await client.query('select count(*)::int as kept from viruj_console.drift_waiver')).rows[0].kept,
  ).toBeGreaterThan(0)
})
