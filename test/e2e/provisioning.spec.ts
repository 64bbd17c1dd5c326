import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import pg from 'pg'
import { launchServer, type ServerAddress, type TestServer } from '../support/postgres.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

const test = base.extend<object, { server: TestServer; served: ServedConsole; folder: string }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'console-provisioning-'))
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ folder }, use) => {
      await using server = await launchServer(folder)
      await use(server)
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  served: [
    async ({ folder }, use) => {
      const served = await serveConsole(['--home', join(folder, 'home'), '--no-sandbox'])
      try {
        await use(served)
      } finally {
        await served.stop()
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

const clientOf = async (
  { host, port, ca }: ServerAddress,
  as: { user: string; password: string; database: string },
): Promise<pg.Client> => {
  const client = new pg.Client({ host, port, ...as, ssl: { ca } })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Makes a connection that may write, as a person does, and opens it. */
const connect = async (
  page: Page,
  { host, port, caFile }: ServerAddress,
  as: { user: string; password: string },
  environment: 'development' | 'production',
): Promise<void> => {
  const name = `${as.user} on ${environment}`
  await page.getByRole('banner').getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  const parameters = `sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`
  await editor
    .getByLabel('Import from URL')
    .fill(`postgresql://${as.user}@${host}:${port}/postgres?${parameters}`)
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await editor.getByLabel('Name', { exact: true }).fill(name)
  await editor.getByText(environment, { exact: true }).click()
  await editor.getByRole('switch', { name: 'Allow changes' }).check()
  await editor.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: `Connect to ${name}`, exact: true }).click()
  const prompt = page.getByRole('dialog', { name: 'Password' })
  await prompt.getByLabel(/^Password/).fill(as.password)
  await prompt.getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}

const seriousFindings = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
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
  served,
}) => {
  test.setTimeout(240_000)
  const { address } = server
  const owner = { user: address.superuser, password: address.password }
  await page.goto(await served.link())
  await connect(page, address, owner, 'production')
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
  const client = await clientOf(address, { user: 'viruj_app_a', password, database: 'viruj_erp' })
  await client.end()

  // Elsewhere and back: it is not shown again.
  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('link', { name: 'Provisioning' }).click()
  await secret.getByRole('button', { name: 'Show it once' }).click()
  await expect(secret.getByRole('alert')).toContainText('it is shown once')
})

test('who may not make roles and databases is told what would help', async ({ page, server, served }) => {
  const { address } = server
  const client = await clientOf(address, {
    user: address.superuser,
    password: address.password,
    database: 'postgres',
  })
  await client.query(`create role watcher login password 'only-looks-1'`)
  await client.end()
  await page.goto(await served.link())
  await connect(page, address, { user: 'watcher', password: 'only-looks-1' }, 'development')
  await expect(page.getByRole('link', { name: 'Provisioning' })).toHaveCount(0)
  await page.goto(page.url().replace('/browse', '/provisioning'))
  await expect(page.getByRole('main')).toContainText('alter role watcher createrole createdb;')
  await colours(page, 'no permission')
})
