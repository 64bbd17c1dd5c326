/**
 * Draws every screen into docs/screens, dark and light, wide and narrow, on the sample data: `node scripts/screenshots.ts`.
 * Sample people and made-up rows only; no password is ever on a screen.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { browserProgram } from '../test/browser.ts'
import { connectTo, makeConnection } from '../test/e2e/new-connection.ts'
import { personaUrl } from '../test/e2e/persona-url.ts'
import { serveConsole } from '../test/e2e/serve.ts'
import { hasKeyring, keyringIn } from '../test/support/keyring.ts'
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
  await page.getByRole('dialog', { name: 'New connection' }).getByLabel('Name', { exact: true }).waitFor()
  await shoot('connect-editor')
  await page.keyboard.press('Escape')
}

/** A document beside the list, and its bytes. */
const drawDocument = async (page: Page, shoot: Shoot): Promise<void> => {
  await page
    .getByRole('gridcell', { name: /\.pdf$/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Preview' }).waitFor()
  await settled(page)
  await shoot('document')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.locator('canvas[data-page]').first().waitFor()
  await shoot('document-preview')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
}

/** Migrations and drift. */
const drawSchema = async (page: Page, shoot: Shoot): Promise<void> => {
  await page.getByRole('link', { name: 'Migrations', exact: true }).click()
  await page.locator('.view-lines').first().waitFor()
  await shoot('migrations')
  await page.keyboard.press('r')
  await page.getByLabel('Reason').waitFor()
  await shoot('migrations-plan')
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('region', { name: 'Chosen run' }).waitFor()
  await shoot('migrations-history')
  await page.getByRole('link', { name: 'Drift', exact: true }).click()
  await page.getByRole('button', { name: /^Check (now|again)$/ }).click()
  await page.getByText(/objects compared at/).waitFor()
  await shoot('drift')
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
  await page.getByRole('cell', { name: 'sha256' }).first().waitFor()
  await shoot('structure')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('diagram of public')
  await page.getByRole('option', { name: 'Diagram of public' }).click()
  await page.locator('.react-flow__node').first().waitFor()
  await page.getByRole('group', { name: /^table documents,/ }).click()
  await shoot('diagram')
  for (const title of ['Metadata', 'Audit log', 'Documents']) {
    await openScreen(page, title)
    await shoot(title.toLowerCase().replace(' ', '-'))
  }
  await drawDocument(page, shoot)
  await page.getByRole('link', { name: 'Signatures' }).click()
  await page.getByText('is that of its row').waitFor()
  await shoot('signatures')
  await drawSchema(page, shoot)
  await drawOperations(page, shoot)
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await shoot('keyboard')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('button', { name: /^Disconnect / }).click()
}

/** How the server is doing. */
const drawOperations = async (page: Page, shoot: Shoot): Promise<void> => {
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('link', { name: /Sizes/ }).getByText(/takes/).waitFor()
  await shoot('operations')
  for (const title of ['Replication', 'Queries', 'Maintenance', 'Posture']) {
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await settled(page)
    await shoot(title.toLowerCase())
  }
  for (const title of ['Runbooks', 'Failover']) {
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy="true"]') === null)
    await shoot(title.toLowerCase())
  }
}

/** What a person hopes not to see: no privilege, the loud colours, a session that was closed while the machine slept. */
const drawStates = async (page: Page, shoot: Shoot, sleep: () => void): Promise<void> => {
  await connectTo(page, 'Operator')
  await page.getByLabel('Filter objects by name').fill('audit_logs')
  await page.getByRole('treeitem', { name: 'audit_logs' }).first().click()
  await page.getByRole('alert').waitFor()
  await shoot('no-privilege')
  for (const environment of ['staging', 'production'] as const) {
    await page.goto(new URL('/', page.url()).href)
    await connectTo(page, `ERP ${environment}`)
    await page.getByLabel('Filter objects by name').fill('documents')
    await page.getByRole('treeitem', { name: 'documents' }).first().click()
    await settled(page)
    await shoot(environment)
    if (environment === 'staging') {
      await page.getByRole('link', { name: 'Provisioning', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Provisioning' }).waitFor()
      await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy="true"]') === null)
      await shoot('provisioning')
    }
  }
  sleep()
  await page.getByRole('button', { name: 'Connect again' }).waitFor()
  await shoot('closed')
  await page.getByRole('link', { name: 'Connections' }).first().click()
  const buttons = page.getByRole('button', { name: /^Disconnect / })
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click()
    await page.waitForFunction(
      (few) => document.querySelectorAll('button[aria-label^="Disconnect "]').length < few,
      left,
    )
  }
}

/** Runs `draw` with the way to a console whose keychain is locked and holds the password of its only connection. */
const withLockedKeychain = async (draw: (link: () => Promise<string>) => Promise<void>): Promise<void> => {
  if (!hasKeyring) return console.log('No keyring here: the pictures of a locked one stay as they are.')
  const keyring = keyringIn(join(home, 'keyring'))
  const serve = (state: 'unlocked' | 'locked') =>
    serveConsole(['--home', join(home, 'locked'), '--no-sandbox'], keyring.environment, keyring.within(state))
  const unlocked = await serve('unlocked')
  const page = await browser.newPage()
  await page.goto(await unlocked.link())
  await makeConnection(page, { name: 'Ledger', url: 'postgres://clerk:made-up@db.example.com/ledger' })
  await page.close()
  await unlocked.stop()
  const locked = await serve('locked')
  try {
    await draw(() => locked.link())
  } finally {
    await locked.stop()
  }
}

assertNode()
execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' })
mkdirSync(folder, { recursive: true })
const home = mkdtempSync(join(tmpdir(), 'console-screens-'))
// Started by root, the sample servers run as another account, which has to pass through.
chmodSync(home, 0o755)
process.env.E2E_HOME = home
// Its clock is moved on by an hour when a picture needs a machine that slept.
const served = await serveConsole(['--home', home], {
  NODE_OPTIONS: '--import=./test/support/jumping-clock.ts',
  CLOCK: 'wall',
})
const browser = await chromium.launch({
  ...(browserProgram === undefined ? {} : { executablePath: browserProgram }),
  // As a person sees it: with scroll bars.
  ignoreDefaultArgs: ['--hide-scrollbars'],
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})

/** Draws in every theme and size, each time with a page of its own. */
const everywhere = async (draw: (page: Page, shoot: Shoot) => Promise<void>): Promise<void> => {
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const { name: size, ...viewport } of sizes) {
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
      page.setDefaultTimeout(120_000)
      const shoot: Shoot = async (name) => {
        await page.evaluate(async () => void (await document.fonts.ready))
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${size}.png`) })
      }
      await draw(page, shoot)
      await page.close()
    }
  }
}

try {
  let made = false
  await everywhere(async (page, shoot) => {
    await page.goto(await served.link())
    await drawConnect(page, shoot)
    await drawSession(page, shoot)
  })
  await everywhere(async (page, shoot) => {
    await page.goto(await served.link())
    for (const environment of made ? [] : (['staging', 'production'] as const)) {
      await makeConnection(page, { name: `ERP ${environment}`, url: personaUrl('superuser'), environment })
    }
    made = true
    await drawStates(page, shoot, () => void process.kill(served.pid, 'SIGUSR2'))
  })
  await withLockedKeychain((link) =>
    everywhere(async (page, shoot) => {
      await page.goto(await link())
      await page.getByRole('status').filter({ hasText: 'The keychain is locked.' }).waitFor()
      await page.getByRole('button', { name: 'Connect to Ledger' }).click()
      await page.getByRole('dialog', { name: 'Password' }).waitFor()
      await shoot('keychain-locked')
    }),
  )
} finally {
  await browser.close()
  await served.stop()
  rmSync(home, { recursive: true, force: true })
}
