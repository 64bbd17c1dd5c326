import { expect, type Page } from '@playwright/test'

/** Opens the operator's documents with an upload whose file no page gives, so that it does not end. */
export const beginEndlessUpload = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('button', { name: 'Upload files…' })).toBeEnabled()
  await page.evaluate(async () => {
    const sessionId = /\/s\/([^/]+)/.exec(location.href)?.[1]
    const about = { plant: 'HYD-1', site: null, reason: 'A file that is gone' }
    const files = [{ name: 'gone.txt', bytes: 10 }]
    const body = JSON.stringify({ sessionId, files, ...about })
    await window.viruj?.send({ kind: 'call', id: 3_000_000, path: '/rpc/documents.addUploads', body })
  })
  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'gone.txt' })).toBeVisible()
}
