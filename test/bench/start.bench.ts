import { execFileSync } from 'node:child_process'
import { chromium, type Page } from '@playwright/test'
import config from '../../playwright.config.ts'
import { serveConsole } from '../e2e/serve.ts'
import { type Figure, median, milliseconds } from './figure.ts'

const limits = { start: 1500, bytes: 400_000 }
const rounds = 5

const untilUsable = async (page: Page, link: string): Promise<void> => {
  await page.goto(link)
  await page.getByRole('button', { name: 'Connect' }).first().waitFor()
}

/** What came over the wire since, headers included. */
const countBytes = async (page: Page): Promise<() => number> => {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('Network.enable')
  let bytes = 0
  inspector.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  return () => bytes
}

export const figure: Figure = {
  id: 'start',
  limit: '<= 1.5 s; <= 400 kB without monaco',
  async run(stand) {
    execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'ignore' })
    const words = ['--home', stand.folder]
    const browser = await chromium.launch(config.use?.launchOptions)
    try {
      const page = await browser.newPage()
      const bytes = await countBytes(page)
      // The first start makes the sample servers and fills the browser's cache, which knows a port's files only.
      const first = await serveConsole(words)
      const link = await first.link()
      await untilUsable(page, link)
      await page.waitForLoadState('networkidle')
      const firstLoad = bytes()
      await first.stop()
      const again = [...words, '--port', new URL(link).port]
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const started = performance.now()
        const served = await serveConsole(again)
        await untilUsable(page, await served.link())
        times.push(performance.now() - started)
        await served.stop()
      }
      const took = median(times)
      return [
        {
          what: 'process start to the profiles of the sample servers on screen',
          measured: milliseconds(took),
          peer: null,
          ratio: null,
          holds: took <= limits.start,
        },
        {
          what: 'first load, compressed, with headers',
          measured: `${(firstLoad / 1000).toFixed(0)} kB`,
          peer: null,
          ratio: null,
          holds: firstLoad <= limits.bytes,
        },
      ]
    } finally {
      await browser.close()
    }
  },
}
