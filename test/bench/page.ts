import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { serveConsole } from '../e2e/serve.ts'
import type { Stand } from './stand.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path))

/** The built console on the stand's database in a real browser, with a session open on its browse screen. */
export const openPage = async (
  stand: Pick<Stand, 'folder' | 'database'>,
): Promise<{ page: Page; [Symbol.asyncDispose](): Promise<void> }> => {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' })
  const { url } = await stand.database()
  const served = await serveConsole(['--home', join(stand.folder, 'home')], { DATABASE_URL: url })
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-quic',
      '--enable-precise-memory-info',
    ],
  })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(await served.link())
  await page.getByRole('button', { name: 'Connect', exact: true }).first().click()
  await page.getByRole('tree').waitFor()
  return {
    page,
    async [Symbol.asyncDispose]() {
      await browser.close()
      await served.stop()
    },
  }
}

/** Opens a relation as a click in the tree does. Milliseconds from there to the frame that shows its first rows. */
export const openRelation = (page: Page, oid: string): Promise<number> =>
  page.evaluate(async (relation) => {
    const isPainted = () =>
      document.querySelector(`[role="treeitem"][aria-selected="true"][id$="/${relation}"]`) !== null &&
      document.querySelector('.grid-row .grid-cell') !== null &&
      document.querySelector('.grid-cell .skeleton') === null
    const line = document.querySelector<HTMLElement>(`[role="treeitem"][id$="/${relation}"]`)
    const began = performance.now()
    line?.click()
    do await new Promise((resolve) => requestAnimationFrame(resolve))
    while (!isPainted() && performance.now() - began < 30_000)
    await new Promise((resolve) => requestAnimationFrame(resolve))
    return performance.now() - began
  }, oid)
