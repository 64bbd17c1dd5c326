import { expect, type Page } from '@playwright/test'
import { hosts } from '../desktop/fixtures.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect }

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

/** Ends what a test left open: the sample server has connections for a few sessions only. */
const endSessions = async (page: Page, link: string): Promise<void> => {
  const listed = page.waitForResponse((response) => response.url().includes('sessions.list'))
  await page.goto(link)
  await listed
  await page
    .getByRole('button', { name: /^Connect to / })
    .first()
    .waitFor()
  const buttons = page.getByRole('button', { name: /^Disconnect / })
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click()
    await expect(buttons).toHaveCount(left - 1)
  }
}

const inBrowser = withServed.extend({
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    await use(page)
    await endSessions(page, await served.link())
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
 * shows the connect screen; sessions that a test leaves open end with it. With `DESKTOP` set, `page` is
 * the desktop host's window instead.
 */
export const test = process.env.DESKTOP === undefined ? inBrowser : inWindow
