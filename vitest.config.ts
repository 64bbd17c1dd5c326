import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of a test's time is the server's: one more than there are cores keeps them busy.
    maxWorkers: 4,
    // A worker reads the sources once and not for each file, which took a third of the time: so no file may leave anything of its own in them.
    isolate: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 120_000,
          // Three tests at once may keep a server from its answer for more than a second.
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
