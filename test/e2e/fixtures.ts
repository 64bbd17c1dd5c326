import { test as base } from '@playwright/test'
import { type Desktop, openDesktop } from '../desktop/desktop.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

const hosts = base.extend<object, { served: ServedConsole; desktop: Desktop }>({
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
  desktop: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const desktop = await openDesktop()
      try {
        await use(desktop)
      } finally {
        await desktop.quit()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

const inBrowser = hosts.extend({
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    await use(page)
  },
})

const inWindow = hosts.extend({
  page: async ({ desktop }, use) => {
    await desktop.page.goto(new URL('/', desktop.page.url()).href)
    await use(desktop.page)
  },
})

/**
 * `served` is the built console with its sample servers, one per worker. `page` has come through a link of its own and
 * shows the connect screen; sessions that a test leaves open are there for the next one. With `DESKTOP` set, `page` is
 * the desktop host's window instead.
 */
export const test = process.env.DESKTOP === undefined ? inBrowser : inWindow
