import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { launchServer } from '../support/postgres.ts'
import { serveConsole } from './serve.ts'

test('a server that goes away is told at once, rows stay, and a click reconnects when it is back', async ({
  page,
}) => {
  test.setTimeout(90_000)
  const folder = mkdtempSync(join(tmpdir(), 'console-lost-'))
  try {
    await using server = await launchServer(folder)
    const { superuser, password, host, port, caFile } = server.address
    const url = `postgresql://${superuser}:${password}@${host}:${port}/postgres?sslrootcert=${encodeURIComponent(caFile)}`
    const served = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: url })
    try {
      await page.goto(await served.link())
      await page.getByRole('button', { name: /^Connect to / }).click()
      const tree = page.getByRole('tree')
      await expect(tree.getByRole('treeitem').first()).toBeVisible()

      await server.kill()
      const banner = page.getByRole('alert')
      await expect(banner.getByRole('button', { name: 'Reconnect' })).toBeVisible()
      await expect(page.getByRole('banner')).toContainText('connection lost')
      await expect(page.getByRole('banner')).not.toContainText('read-only')
      await expect(tree.getByRole('treeitem').first()).toBeVisible()

      await banner.getByRole('button', { name: 'Reconnect' }).click()
      await expect(banner).toContainText(String(port))

      await server.start()
      await banner.getByRole('button', { name: 'Reconnect' }).click()
      await expect(banner).toBeHidden()
      await expect(page.getByRole('banner')).toContainText('read-only · server')

      // The same on a screen that asks again by itself: it keeps what it shows, and goes on.
      await page.getByRole('link', { name: 'Overview', exact: true }).click()
      const topology = page.getByRole('region', { name: 'Primary and standbys' })
      await expect(topology).toContainText('primary')
      await server.restart()
      await expect(banner.getByRole('button', { name: 'Reconnect' })).toBeVisible({ timeout: 20_000 })
      await expect(topology).toContainText('primary')
      await banner.getByRole('button', { name: 'Reconnect' }).click()
      await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 20_000 })
    } finally {
      await served.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
