import { expect, test } from './fixtures.ts'
import { connectAs } from './session.ts'

test('the header says what the server says of the session', async ({ page }) => {
  await connectAs(page, 'DBA')
  const header = page.getByRole('banner')
  await expect(header).toContainText('viruj_erp')
  await expect(header).toContainText('TLS 1.3 verified')
  await expect(header).toContainText('primary')
  await expect(header).toContainText('writes · reason asked')
})

test('a connection that may change nothing says that the server refuses it', async ({ page }) => {
  await connectAs(page, 'DBA on the standby')
  await expect(page.getByRole('banner')).toContainText('read-only · server')
})

for (const person of ['Compliance reviewer', 'Operator'] as const) {
  test(`the ${person} of the sample data may write what they write, for a reason`, async ({ page }) => {
    await connectAs(page, person)
    await expect(page.getByRole('banner')).toContainText('writes · reason asked')
  })
}

test('the rail shows what the role may do', async ({ page }) => {
  await connectAs(page, 'Operator')
  await expect(page.getByRole('link', { name: 'Documents' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
})

test('a test tells each step and shows the certificates', async ({ page }) => {
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const steps = page
    .getByRole('region', { name: /^Test of / })
    .first()
    .getByRole('listitem')
  await expect(steps).toHaveCount(6)
  await page
    .getByText(/^The (certificate|chain)/)
    .first()
    .click()
  await expect(page.getByText('Issued by').first()).toBeVisible()
})

test('a connection is made from a URL, tested, edited, duplicated and removed', async ({ page }) => {
  await page.getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill('postgres://clerk@127.0.0.1:9/ledger?sslmode=verify-full')
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await expect(editor.getByLabel('Database')).toHaveValue('ledger')
  await expect(editor.getByLabel('User')).toHaveValue('clerk')
  await editor.getByLabel('Name', { exact: true }).fill('Ledger')
  await editor.getByText('production', { exact: true }).click()
  await editor.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(editor.getByText('not tried').first()).toBeVisible()
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor).toBeHidden()

  const list = page.getByRole('region', { name: 'Saved' })
  await expect(list.getByRole('listitem')).toContainText(['clerk@ledger'])
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const again = page.getByRole('dialog', { name: 'Edit “Ledger”' })
  await again.getByLabel('Name', { exact: true }).fill('Ledger of 2026')
  await again.getByRole('button', { name: 'Save' }).click()
  await expect(list).toContainText('Ledger of 2026')

  await page.getByRole('button', { name: 'Duplicate' }).click()
  await expect(list.getByRole('listitem')).toHaveCount(2)
  for (const left of [1, 0]) {
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(list.getByRole('listitem')).toHaveCount(left)
    if (left > 0) await list.getByRole('listitem').first().getByRole('button').first().click()
  }
})

test('a URL that cannot be used says why, and an empty form names each field', async ({ page }) => {
  await page.getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill('mysql://somewhere/else')
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await expect(editor.getByText(/postgres(ql)?:\/\//).first()).toBeVisible()
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor.getByText('Name the database.')).toBeVisible()
  await expect(editor.getByText(/at least one host/)).toBeVisible()
})

test('a password that is not saved is asked for, and a server that is not there is told', async ({
  page,
}) => {
  await page.getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill('postgres://clerk@127.0.0.1:9/ledger?sslmode=verify-full')
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await editor.getByLabel('Name', { exact: true }).fill('Nobody there')
  await editor.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Connect to Nobody there' }).click()
  const prompt = page.getByRole('dialog', { name: 'Password' })
  await expect(prompt).toContainText('No password is saved')
  await prompt.getByRole('button', { name: 'Connect' }).click()
  await expect(prompt).toContainText(/127\.0\.0\.1:9/)
  await prompt.getByRole('button', { name: 'Cancel' }).last().click()
  await expect(page.getByRole('region', { name: 'Saved' })).toContainText(/refused|not/i)
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
})
