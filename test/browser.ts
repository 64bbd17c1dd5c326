import { existsSync } from 'node:fs'

/** The browser of the system: Debian's shell of Chromium without a window, which is the lightest. Without one, Playwright's own. */
export const browserProgram = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))
