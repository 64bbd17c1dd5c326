import type { Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** From the connect screen into a session of the sample data, as one of its people. */
export const connectAs = async (
  page: Page,
  name: 'DBA' | 'DBA on the standby' | 'Compliance reviewer' | 'Operator',
): Promise<void> => {
  await page.getByRole('button', { name: `Connect to ${name}`, exact: true }).click()
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}

/** Opens a screen by its entry in the rail and waits for its first rows. */
export const openScreen = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('link', { name: title }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(page.getByRole('grid').getByRole('gridcell').first()).toBeVisible()
}

/** Ends every session that earlier tests left open, from the connect screen. */
export const disconnectAll = async (page: Page): Promise<void> => {
  const buttons = page.getByRole('button', { name: /^Disconnect / })
  await expect(page.getByRole('button', { name: 'Connect to DBA', exact: true })).toBeVisible()
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click()
    await expect(buttons).toHaveCount(left - 1)
  }
}
