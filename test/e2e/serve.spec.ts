import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { type ServedConsole, serveConsole, startConsole } from './serve.ts'

/** `home` is a folder of the test's own; `serve` starts a console without sample servers on it. */
const test = base.extend<{ home: string; serve: (...words: string[]) => Promise<ServedConsole> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  home: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'console-serve-'))
    await use(home)
    rmSync(home, { recursive: true, force: true })
  },
  serve: async ({ home }, use) => {
    const started: ServedConsole[] = []
    await use(async (...words) => {
      const served = await serveConsole(['--home', home, '--no-sandbox', ...words])
      started.push(served)
      return served
    })
    await Promise.all(started.map((served) => served.stop()))
  },
})

const run = (...words: string[]) =>
  spawnSync(process.execPath, ['out/main/cli.js', ...words], { encoding: 'utf8', timeout: 10_000 })

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} ends the console in order, with open tabs and kept-alive connections`, async ({
    serve,
    page,
  }) => {
    const served = await serve()
    await page.goto(await served.link())
    await page.waitForURL((url) => url.pathname === '/')
    expect(await served.stop(signal)).toBe(0)
  })
}

test('SIGTERM to npm ends the console that it started', async ({ home }) => {
  const started = await startConsole(['npm', 'run', 'serve', '--', '--no-sandbox', '--home', home])
  const link = await started.link()
  expect((await fetch(link)).status).toBe(200)
  await started.stop('SIGTERM')
  await expect
    .poll(() =>
      fetch(link).then(
        () => 'answers',
        () => 'gone',
      ),
    )
    .toBe('gone')
})

test('it prints the link on a line of its own, and nothing of what the tab was given for it', async ({
  serve,
  page,
  context,
}) => {
  const served = await serve()
  await page.goto(await served.link())
  await page.waitForURL((url) => url.pathname === '/')
  const [cookie] = await context.cookies()
  const tab = await page.evaluate(() => sessionStorage.getItem('console.tab'))
  expect(tab).toMatch(/^[\w-]{43}$/)
  expect(served.printed).not.toContain(cookie?.value)
  expect(served.printed).not.toContain(tab)
  expect(served.printed.split('\n').filter((line) => line.startsWith('http'))).toHaveLength(1)
  expect(await page.evaluate(() => `${location.href} ${document.cookie}`)).not.toMatch(/[\w-]{43}/)
})

test('the token is gone from the tab’s history', async ({ serve, page }) => {
  const served = await serve()
  const link = await served.link()
  await page.goto(link)
  await page.waitForURL((url) => url.pathname === '/')
  await page.goBack()
  expect(page.url()).not.toContain(new URL(link).hash.slice(1))
})

test('a port that is taken is named, with the way out', async ({ serve }) => {
  const served = await serve()
  const { port } = new URL(await served.link())
  const second = run('serve', '--no-sandbox', '--port', port)
  expect(second.status).toBe(1)
  expect(second.stderr).toContain(`127.0.0.1:${port}`)
  expect(second.stderr).toContain('--port')
})

test('two consoles on one home folder both answer', async ({ serve, page, context }) => {
  const first = await serve()
  const second = await serve()
  const other = await context.newPage()
  for (const [tab, served] of [
    [page, first],
    [other, second],
  ] as const) {
    await tab.goto(await served.link())
    await tab.waitForURL((url) => url.pathname === '/')
  }
  // The second tab came later, and the first is still signed in.
  await page.reload()
  await expect(page.getByRole('button', { name: 'New connection' }).first()).toBeVisible()
  await expect(page.getByText('was not opened with a link')).toHaveCount(0)
})

test('help, version and mistakes are told in words', ({ home }) => {
  expect(run('--help').stdout).toContain('serve')
  expect(run('--version').stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
  for (const words of [
    ['what'],
    ['serve', '--wrong'],
    ['serve', '--port', '99999'],
    ['serve', '--scale', '0'],
  ]) {
    // Should one of them be taken for no mistake, it serves nobody's home and no sample data, until its time is up.
    const mistake = run(...words, '--home', home, '--no-sandbox')
    expect(mistake.status).toBe(1)
    expect(mistake.stderr).toContain('--help')
    expect(mistake.stderr).not.toMatch(/\n {4}at /)
  }
})
