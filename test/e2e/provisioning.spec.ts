import type { Page } from '@playwright/test'
import type { Environment } from '../../src/shared/profiles.ts'
import type { ServerAddress } from '../support/postgres.ts'
import { seriousFindings } from './axe.ts'
import { connectWithPassword, makeConnection } from './new-connection.ts'
import { type Account, clientOf, expect, ownerOf, test, urlOf } from './own-server.ts'

/** Makes a connection that may write, and opens it. */
const connect = async (
  page: Page,
  address: ServerAddress,
  as: Account,
  environment: Environment,
): Promise<void> => {
  const name = `${as.user} on ${environment}`
  await makeConnection(page, { name, url: urlOf(address, as), environment, writes: true })
  await connectWithPassword(page, name, as.password)
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}

const colours = async (page: Page, what: string): Promise<void> => {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect.soft(await seriousFindings(page), `${what}, ${colorScheme}`).toEqual([])
  }
}

test('an empty production server is made ready, with a plan, a reason, its name, and a password that is shown once', async ({
  page,
  server,
}) => {
  test.setTimeout(240_000)
  const { address } = server
  await connect(page, address, ownerOf(address), 'production')
  await page.getByRole('link', { name: 'Provisioning' }).click()

  await page.getByRole('button', { name: 'Make the plan' }).click()
  await expect(page.getByText('Name at least one network that the application connects from.')).toBeVisible()
  await page.getByLabel('Networks of the application').fill('127.0.0.1')
  await colours(page, 'settings')
  await page.getByRole('button', { name: 'Make the plan' }).click()

  const steps = page.getByRole('listbox', { name: 'Steps' })
  await expect(steps.getByRole('option', { name: 'Role viruj_app', exact: true })).toBeVisible()
  await steps.getByRole('option', { name: 'Let viruj_app_a log in' }).click()
  await expect(page.getByRole('region', { name: 'Step' })).toContainText(
    /login\s+password\s+'SCRAM-SHA-256\$•••'/,
  )
  const lines = page.getByRole('region', { name: 'Lines for pg_hba.conf' })
  await expect(lines).toContainText(
    /hostssl +viruj_erp +viruj_app_a,viruj_app_b +127\.0\.0\.1\/32 +scram-sha-256/,
  )
  await expect(page.getByRole('region', { name: 'Checks' })).toContainText('TLS is on')
  await colours(page, 'plan')

  const run = page.getByRole('button', { name: /^Run \d+ steps$/ })
  await expect(run).toBeDisabled()
  await page.getByLabel('Reason').fill('CHG-2041: the database of the ERP')
  await run.click()
  const dialog = page.getByRole('dialog', { name: 'Write to production' })
  await dialog.getByLabel('Name of the database').fill('postgres')
  await dialog.getByRole('button', { name: 'Allow changes in this session' }).click()

  await expect(page.getByText(/^\d+ steps were done\.$/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('All is as wanted: there is nothing to run.')).toBeVisible()
  const secret = page.getByRole('region', { name: 'Password of viruj_app_a' })
  await colours(page, 'done')
  await secret.getByRole('button', { name: 'Show it once' }).click()
  const password = await secret.locator('output').innerText()
  const client = await clientOf(address, { user: 'viruj_app_a', password }, 'viruj_erp')
  await client.end()

  // Elsewhere and back: it is not shown again.
  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('link', { name: 'Provisioning' }).click()
  await secret.getByRole('button', { name: 'Show it once' }).click()
  await expect(secret.getByRole('alert')).toContainText('it is shown once')
})

test('who may not make roles and databases is told what would help', async ({ page, server }) => {
  const { address } = server
  const client = await clientOf(address)
  await client.query(`create role watcher login password 'only-looks-1'`)
  await client.end()
  await connect(page, address, { user: 'watcher', password: 'only-looks-1' }, 'development')
  await expect(page.getByRole('link', { name: 'Provisioning' })).toHaveCount(0)
  await page.goto(page.url().replace('/browse', '/provisioning'))
  await expect(page.getByRole('main')).toContainText('alter role watcher createrole createdb;')
  await colours(page, 'no permission')
})
