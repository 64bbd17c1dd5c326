import { expect, type Page } from '@playwright/test'
import { loopback } from '../../src/shared/loopback.ts'

/** Asks the console for a change as the page does, with its tab's key: `path` as `profiles.save`. */
export const askConsole = async (page: Page, path: string, input: object): Promise<void> => {
  const status = await page.evaluate(
    async ({ header, key, ...ask }) => {
      const answer = await fetch(`/rpc/${ask.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [header]: sessionStorage.getItem(key) ?? '' },
        body: JSON.stringify(ask.input),
      })
      return answer.status
    },
    { header: loopback.tabHeader, key: loopback.tabKey, path, input },
  )
  expect(status).toBe(200)
}
