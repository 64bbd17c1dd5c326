import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { hasKeyring, keyringIn } from '../support/keyring.ts'
import { makeConnection } from './new-connection.ts'
import { serveConsole } from './serve.ts'

test.skip(!hasKeyring, 'gnome-keyring or dbus is not installed')

type State = 'locked' | 'unlocked' | 'missing'

/** `open` shows the console of one home folder, with its keyring in this state. */
const withKeyring = test.extend<{ open: (state: State) => Promise<{ stop(): Promise<unknown> }> }>({
  open: async ({ page }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'console-keychain-'))
    const keyring = keyringIn(folder)
    const words = ['--home', join(folder, 'home'), '--no-sandbox']
    await use(async (state) => {
      const served =
        state === 'missing'
          ? await serveConsole(words, { ...keyring.environment, DBUS_SESSION_BUS_ADDRESS: '' })
          : await serveConsole(words, keyring.environment, keyring.within(state))
      await page.goto(await served.link())
      await expect(page.getByRole('banner').getByRole('button', { name: 'New connection' })).toBeVisible()
      return served
    })
    rmSync(folder, { recursive: true, force: true })
  },
})

const ledger = { name: 'Ledger', url: 'postgres://clerk:not-secret@127.0.0.1:9/ledger' }

const editor = (page: Page) => page.getByRole('dialog', { name: 'Edit “Ledger”' })

withKeyring(
  'a locked keychain is told, and the password that it holds is asked for',
  async ({ page, open }) => {
    const unlocked = await open('unlocked')
    try {
      await expect(page.getByText('passwords are in the system keychain')).toBeVisible()
      await makeConnection(page, ledger)
    } finally {
      await unlocked.stop()
    }
    const locked = await open('locked')
    try {
      await expect(page.getByRole('status').filter({ hasText: 'The keychain is locked.' })).toBeVisible()
      await page.getByRole('button', { name: 'Connect to Ledger' }).click()
      const prompt = page.getByRole('dialog', { name: 'Password' })
      await expect(prompt).toContainText(/is locked, or the entry was removed/)
      // A password that is typed is enough: the server is asked.
      await prompt.getByLabel(/^Password/).fill('typed')
      await prompt.getByRole('button', { name: 'Connect' }).click()
      await expect(prompt).toContainText('127.0.0.1:9')
    } finally {
      await locked.stop()
    }
  },
)

withKeyring('a saved password goes to no other server, user or encryption', async ({ page, open }) => {
  const unlocked = await open('unlocked')
  try {
    await makeConnection(page, ledger)
    for (const change of [
      () => editor(page).getByLabel('Host 1').fill('elsewhere.example'),
      () => editor(page).getByLabel('User').fill('somebody-else'),
      async () => {
        await editor(page).getByLabel('Encryption').click()
        await page.getByRole('option', { name: 'Encrypt, verify nothing' }).click()
      },
    ]) {
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await change()
      await editor(page).getByRole('button', { name: 'Save' }).click()
      await expect(editor(page).getByRole('alert')).toContainText(
        'belongs to the server, user and encryption',
      )
      await editor(page).getByRole('button', { name: 'Test', exact: true }).click()
      await expect(editor(page).getByRole('alert').last()).toContainText('belongs to the server')
      await editor(page).getByRole('button', { name: 'Cancel' }).last().click()
    }
    // With the password typed anew, the change is saved.
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await editor(page).getByLabel('User').fill('somebody-else')
    await editor(page).getByLabel('Password', { exact: true }).fill('another')
    await editor(page).getByRole('button', { name: 'Save' }).click()
    await expect(editor(page)).toBeHidden()
    await expect(page.getByRole('region', { name: 'Connection' })).toContainText('somebody-else')
  } finally {
    await unlocked.stop()
  }
})

withKeyring(
  'without a keychain the console says so, and keeps a password for this run only',
  async ({ page, open }) => {
    const served = await open('missing')
    try {
      await expect(page.getByRole('status').filter({ hasText: 'There is no keychain.' })).toBeVisible()
      await makeConnection(page, ledger)
      await page.getByRole('button', { name: 'Connect to Ledger' }).click()
      // It is not asked for: the server that is not there is told.
      await expect(page.getByRole('region', { name: 'Saved' })).toContainText(/refused|not/i)
    } finally {
      await served.stop()
    }
    const again = await open('missing')
    try {
      await page.getByRole('button', { name: 'Connect to Ledger' }).click()
      await expect(page.getByRole('dialog', { name: 'Password' })).toContainText('No password is saved')
    } finally {
      await again.stop()
    }
  },
)
