import { defineConfig } from '@playwright/test'
import { browserProgram } from './test/browser.ts'

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []

export default defineConfig({
  globalSetup: './test/e2e/global-setup.ts',
  outputDir: 'test-results/playwright',
  // A browser often waits for the console that it looks at: a second one uses that time.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // A machine that others use may be several times slower than usual.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    // A page starts emptied, not new: its code is compiled already. Rights that a test granted are its own to take back.
    reuseContext: true,
    viewport: { width: 1440, height: 900 },
    // A trace draws every step again, which doubles the time; TRACE=1 where one is needed.
    trace: process.env.TRACE === undefined ? 'off' : 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(browserProgram === undefined ? {} : { executablePath: browserProgram }),
      args: [...asRoot, '--disable-background-networking', '--disable-quic'],
    },
  },
  projects: [
    { name: 'browser', testDir: 'test/e2e' },
    { name: 'desktop', testDir: 'test/desktop' },
  ],
})
