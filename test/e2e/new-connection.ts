import { expect, type Page } from '@playwright/test'
import type { Environment } from '../../src/shared/profiles.ts'

export type NewConnection = {
  name: string
  url: string
  environment?: Environment
  /** Minutes without use after which its sessions are closed. */
  idleDisconnect?: number
  /** Its sessions may write. */
  writes?: boolean
}

/** Makes a connection from a URL in the editor, as a person does. A password in the URL is kept as the editor offers. */
export const makeConnection = async (page: Page, wanted: NewConnection): Promise<void> => {
  await page.getByRole('banner').getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill(wanted.url)
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await editor.getByLabel('Name', { exact: true }).fill(wanted.name)
  if (wanted.environment !== undefined) await editor.getByText(wanted.environment, { exact: true }).click()
  if (wanted.writes) await editor.getByRole('switch', { name: 'Allow changes' }).check()
  if (wanted.idleDisconnect !== undefined) {
    await editor.getByText('Role, limits and more').click()
    await editor.getByLabel('Close when idle, minutes').fill(String(wanted.idleDisconnect))
  }
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor).toBeHidden()
}

/** Asks to connect to a connection of this name, and types the password that it asks for. */
export const connectWithPassword = async (page: Page, name: string, password: string): Promise<void> => {
  await page.getByRole('button', { name: `Connect to ${name}`, exact: true }).click()
  const prompt = page.getByRole('dialog', { name: 'Password' })
  await prompt.getByLabel(/^Password/).fill(password)
  await prompt.getByRole('button', { name: 'Connect' }).click()
}

/** Asks to connect to a connection of this name; its password is in memory or in the keychain. */
export const connectTo = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: `Connect to ${name}`, exact: true }).click()
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}
