import { test as base } from '@playwright/test'
import { type Desktop, openDesktop } from './desktop.ts'

export { expect } from '@playwright/test'

/** `desktop` is one host per worker; `page` is its window. */
export const test = base.extend<object, { desktop: Desktop }>({
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
  page: ({ desktop }, use) => use(desktop.page),
})
