import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { hasKeyring, keyringIn } from '../support/keyring.ts'
import { serveConsole } from './serve.ts'

test.skip(!hasKeyring, 'gnome-keyring or dbus is not installed')

const openConnections = async (page: Page, link: string): Promise<void> => {
  await page.goto(link)
  await expect(page.getByRole('banner').getByRole('button', { name: 'New connection' })).toBeVisible()
}

const saveWithPassword = async (page: Page): Promise<void> => {
  await page.getByRole('banner').getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill('postgres://clerk:not-secret@127.0.0.1:9/ledger')
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await editor.getByLabel('Name', { exact: true }).fill('Ledger')
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor).toBeHidden()
}

test('a saved password stays with its server; a locked keychain is told, and asks for what it holds', async ({
  page,
}) => {
  test.setTimeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), 'console-keychain-'))
  const keyring = keyringIn(folder)
  const serve = (state: 'locked' | 'unlocked') =>
    serveConsole(['--home', join(folder, 'home'), '--no-sandbox'], keyring.environment, keyring.within(state))
  try {
    const unlocked = await serve('unlocked')
    try {
      await openConnections(page, await unlocked.link())
      await expect(page.getByText('passwords are in the system keychain')).toBeVisible()
      await saveWithPassword(page)

      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      const editor = page.getByRole('dialog', { name: 'Edit “Ledger”' })
      await editor.getByLabel('User').fill('somebody-else')
      await editor.getByRole('button', { name: 'Save' }).click()
      await expect(editor.getByRole('alert')).toContainText('belongs to the server, user and encryption')
      await page.keyboard.press('Escape')
    } finally {
      await unlocked.stop()
    }
    const locked = await serve('locked')
    try {
      await openConnections(page, await locked.link())
      await expect(page.getByRole('status').filter({ hasText: 'The keychain is locked.' })).toBeVisible()
      await page.getByRole('button', { name: 'Connect to Ledger' }).click()
      await expect(page.getByRole('dialog', { name: 'Password' })).toContainText(/locked/)
    } finally {
      await locked.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
