import { beginEndlessUpload } from './endless-upload.ts'
import { expect, test } from './fixtures.ts'

test('a file goes over the window’s channel into the storage, is drawn from there, and is asked about before the window goes', async ({
  desktop,
  page,
}) => {
  await page.getByRole('button', { name: 'Connect to Operator', exact: true }).click()
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('button', { name: 'Upload files…' })).toBeEnabled()
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  )
  await page
    .getByLabel('Files to upload')
    .setInputFiles({ name: 'window.png', mimeType: 'image/png', buffer: png })
  const dialog = page.getByRole('dialog', { name: /^Upload 1 file/ })
  await dialog.getByRole('combobox', { name: 'Plant' }).click()
  await page.getByRole('option', { name: 'HYD-1' }).click()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Scanned records of the week')
  await dialog.getByRole('button', { name: /^Upload / }).click()
  await expect(page.getByRole('region', { name: 'Uploads' }).getByRole('status')).toHaveText(
    '1 of 1 file stored',
  )
  await page.getByRole('gridcell', { name: 'window.png' }).click()
  await page.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('dialog', { name: 'window.png' })
  await expect(preview).toContainText('SHA-256 checked')
  await expect(preview.locator('canvas')).toHaveAttribute('data-page', '1')
  await page.keyboard.press('Escape')

  await beginEndlessUpload(page)
  const asked = desktop.asked('leave')
  const [{ message }] = await Promise.all([asked, page.reload()])
  expect(message).toBe('Uploads are on the way.')
  await page.getByRole('button', { name: 'Give gone.txt up' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'gone.txt' })).toContainText('given up')
  await page.goto(new URL('/', page.url()).href)
  await page.getByRole('button', { name: 'Disconnect Operator' }).click()
})
