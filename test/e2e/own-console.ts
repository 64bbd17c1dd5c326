import { test as base } from '@playwright/test'
import { makeHome } from './home.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

type Serve = (environment?: NodeJS.ProcessEnv) => Promise<ServedConsole>

/** `serve` starts a console with the sample servers on a home of the test's own, and ends it after the test. */
export const test = base.extend<{ serve: Serve }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  serve: async ({}, use) => {
    const { home, remove } = makeHome()
    const started: ServedConsole[] = []
    await use(async (environment) => {
      const served = await serveConsole(['--home', home], environment)
      started.push(served)
      return served
    })
    await Promise.all(started.map((served) => served.stop()))
    remove()
  },
})
