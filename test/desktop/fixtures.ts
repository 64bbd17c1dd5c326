import { test as base } from '@playwright/test'
import { makeHome } from '../e2e/home.ts'
import { type Desktop, openDesktop } from './desktop.ts'

export { expect } from '@playwright/test'

/** The hosts of one worker. `home` is theirs alone, but for the sample servers. */
export const hosts = base.extend<object, { home: string; desktop: Desktop }>({
  home: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const { home, remove } = makeHome()
      await use(home)
      remove()
    },
    { scope: 'worker' },
  ],
  desktop: [
    async ({ home }, use) => {
      const desktop = await openDesktop(home)
      try {
        await use(desktop)
      } finally {
        await desktop.quit()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

/** `desktop` is one host per worker; `page` is its window. */
export const test = hosts.extend({ page: ({ desktop }, use) => use(desktop.page) })
