import { test as base } from '@playwright/test'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

/**
 * `served` is the built console with its sample servers, one per worker. `page` has come through a link of its own and
 * shows the connect screen; sessions that a test leaves open are there for the next one.
 */
export const test = base.extend<object, { served: ServedConsole }>({
  served: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const served = await serveConsole(['--home', process.env.E2E_HOME ?? ''])
      try {
        await use(served)
      } finally {
        await served.stop()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    await use(page)
  },
})
