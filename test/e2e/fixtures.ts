import { hosts } from '../desktop/fixtures.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

const withServed = hosts.extend<object, { served: ServedConsole }>({
  served: [
    async ({ home }, use) => {
      const served = await serveConsole(['--home', home])
      try {
        await use(served)
      } finally {
        await served.stop()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

const inBrowser = withServed.extend({
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    await use(page)
  },
})

const inWindow = withServed.extend({
  page: async ({ desktop }, use) => {
    await desktop.page.goto(new URL('/', desktop.page.url()).href)
    await use(desktop.page)
  },
})

/**
 * `served` is the built console with the sample servers, one per worker. `page` has come through a link of its own and
 * shows the connect screen; sessions that a test leaves open are there for the next one. With `DESKTOP` set, `page` is
 * the desktop host's window instead.
 */
export const test = process.env.DESKTOP === undefined ? inBrowser : inWindow
