/**
 * Draws every screen into docs/screens, dark and light, wide and narrow, on the sample data: `node scripts/screenshots.ts`.
 * Sample people and made-up rows only; no password is ever on a screen.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { serveConsole } from '../test/e2e/serve.ts'
import { assertNode } from './system.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs', 'screens')
const sizes = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'narrow', width: 900, height: 700 },
] as const

type Shoot = (name: string) => Promise<void>

/** Rows are there, and nothing is being read. */
const settled = async (page: Page): Promise<void> => {
  await page.getByRole('gridcell').first().waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy="true"]') === null)
}

const openScreen = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('link', { name: title }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await settled(page)
}

const drawConnect = async (page: Page, shoot: Shoot): Promise<void> => {
  await page.getByRole('button', { name: 'Connect to DBA', exact: true }).waitFor()
  await shoot('connect')
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await page
    .getByRole('region', { name: /^Test of / })
    .first()
    .waitFor()
  await shoot('connect-test')
  await page.getByRole('button', { name: 'New connection' }).click()
  await shoot('connect-editor')
  await page.keyboard.press('Escape')
}

const drawSession = async (page: Page, shoot: Shoot): Promise<void> => {
  await page.getByRole('button', { name: 'Connect to DBA', exact: true }).click()
  await page.getByRole('tree').getByRole('treeitem').first().waitFor()
  await shoot('browse-start')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('public.documents')
  await page
    .getByRole('option', { name: /public\.documents/ })
    .first()
    .waitFor()
  await shoot('palette')
  await page.keyboard.press('Enter')
  await settled(page)
  await page.getByRole('gridcell').nth(16).click()
  await shoot('browse')
  await page.locator('.page-head').getByText('Structure').click()
  await page.getByRole('heading', { level: 1, name: /documents/ }).waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  await shoot('structure')
  for (const title of ['Metadata', 'Audit log', 'Documents']) {
    await openScreen(page, title)
    await shoot(title.toLowerCase().replace(' ', '-'))
  }
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await shoot('keyboard')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('button', { name: /^Disconnect / }).click()
}

assertNode()
execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' })
mkdirSync(folder, { recursive: true })
const home = mkdtempSync(join(tmpdir(), 'console-screens-'))
const served = await serveConsole(['--home', home])
const executablePath = '/usr/bin/chromium'
const browser = await chromium.launch({
  ...(existsSync(executablePath) ? { executablePath } : {}),
  // As a person sees it: with scroll bars.
  ignoreDefaultArgs: ['--hide-scrollbars'],
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const { name: size, ...viewport } of sizes) {
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
      const shoot: Shoot = async (name) => {
        await page.evaluate(async () => void (await document.fonts.ready))
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${size}.png`) })
      }
      await page.goto(await served.link())
      await drawConnect(page, shoot)
      await drawSession(page, shoot)
      await page.close()
    }
  }
} finally {
  await browser.close()
  await served.stop()
  rmSync(home, { recursive: true, force: true })
}
