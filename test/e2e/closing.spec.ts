import type { Page } from '@playwright/test'
import { connectTo, makeConnection } from './new-connection.ts'
import { expect, test } from './own-console.ts'
import { personaUrl } from './persona-url.ts'

/** A clock of the console that SIGUSR2 moves on by an hour. */
const withClock = (clock: 'monotonic' | 'wall') => ({
  NODE_OPTIONS: '--import=./test/support/jumping-clock.ts',
  CLOCK: clock,
})

/** Moves the console's clock until the session is closed: a call that was still on its way counts as use. */
const moveClock = (page: Page, served: { pid: number }, because: string): Promise<void> =>
  expect(async () => {
    process.kill(served.pid, 'SIGUSR2')
    await expect(page.getByRole('alert')).toContainText(because, { timeout: 2000 })
  }).toPass({ timeout: 20_000 })

const expectClosed = async (page: Page): Promise<void> => {
  const header = page.getByRole('banner')
  const banner = page.getByRole('alert')
  await expect(header).toContainText('closed')
  await expect(header).not.toContainText('read-only')
  await expect(page.getByRole('treeitem').first()).toBeVisible()
  await banner.getByRole('button', { name: 'Connect again' }).click()
  await expect(banner).toBeHidden()
  await expect(header).toContainText('read-only · server')
}

for (const [title, clock, because] of [
  ['that nobody used for its time', 'monotonic', 'nobody used it'],
  ['of a machine that slept', 'wall', 'went to sleep'],
] as const) {
  test(`a session ${title} is closed and says why; what was read stays, and a click connects again`, async ({
    page,
    serve,
  }) => {
    const served = await serve(withClock(clock))
    await page.goto(await served.link())
    await makeConnection(page, { name: 'Ledger', url: personaUrl('reviewer'), idleDisconnect: 59 })
    await connectTo(page, 'Ledger')
    await expect(page.getByRole('treeitem').first()).toBeVisible()
    await moveClock(page, served, because)
    await expectClosed(page)
  })
}

test('a session whose connection names no time stays open, however long nobody uses it', async ({
  page,
  serve,
}) => {
  const served = await serve(withClock('monotonic'))
  await page.goto(await served.link())
  await makeConnection(page, { name: 'Closes', url: personaUrl('reviewer'), idleDisconnect: 59 })
  await connectTo(page, 'DBA')
  const header = page.getByRole('banner')
  await header.getByRole('button', { name: 'viruj_erp' }).click()
  await page.getByRole('menuitem', { name: 'Connections' }).click()
  await connectTo(page, 'Closes')
  await moveClock(page, served, 'nobody used it')
  await header.getByRole('button', { name: 'viruj_erp' }).click()
  await page.getByRole('menuitem', { name: 'DBA' }).click()
  await expect(header).toContainText('dba-1')
  await expect(page.getByRole('alert')).toBeHidden()
})
