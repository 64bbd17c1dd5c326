import { expect } from '@playwright/test'
import { loopback } from '../../src/shared/loopback.ts'
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

/** Ends what a test left open: the sample server has connections for a few sessions only. Asked for as a page does, without one. */
const endSessions = async (link: string): Promise<void> => {
  const { origin, hash } = new URL(link)
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify(body),
    })
  const entered = await post(loopback.enterPath, { token: hash.slice(1) })
  const { tab } = await entered.json()
  const own = {
    cookie: entered.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; '),
    [loopback.tabHeader]: tab,
  }
  const { result } = await (await post('/rpc/sessions.list', undefined, own)).json()
  for (const { sessionId } of result.data)
    expect((await post('/rpc/sessions.close', { sessionId }, own)).ok).toBe(true)
}

const inBrowser = withServed.extend({
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    await use(page)
    await endSessions(await served.link())
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
