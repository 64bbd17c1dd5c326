import type { Request } from '@playwright/test'
import pg from 'pg'
import { askConsole } from './ask-console.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectTo } from './new-connection.ts'
import { personaUrl } from './persona-url.ts'

test('a statement is found among the slow ones, and explained without being run', async ({ page }) => {
  const client = new pg.Client(personaUrl('dba'))
  await client.connect()
  await client.query('select count(*) from documents where plant = $1 and bytes > $2', ['HYD-1', 4000])
  await client.end()
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  await page.getByRole('gridcell', { name: /^select count\(\*\) from documents where plant = \$1/ }).click()
  await page.getByRole('button', { name: 'Explain' }).click()
  const plan = page.getByRole('dialog', { name: 'Generic plan' })
  await expect(plan).toContainText(/on documents .*cost=/)
  await expect(plan).toContainText('$1')
  await expectAccessible(page, 'a generic plan')
})

test('what ran since a snapshot is told by itself, also when the screen is opened again', async ({
  page,
}) => {
  const client = new pg.Client(personaUrl('dba'))
  await client.connect()
  const ask = () => client.query('select sum(bytes) from documents where plant = $1', ['HYD-1'])
  await ask()
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  const asked = page.getByRole('row', { name: /select sum\(bytes\) from documents/ })
  const callsOf = async () => Number(await asked.getByRole('gridcell').nth(3).textContent())
  await asked.click()
  const before = await callsOf()
  await page.keyboard.press('n')
  await expect(page.getByText(/^\d+ statements? ran since the snapshot\.$/).first()).toBeVisible()
  await expect(asked).toBeHidden()
  for (let n = 0; n < 3; n++) await ask()
  await client.end()
  await page.keyboard.press('r')
  await expect(asked).toBeVisible()
  expect(await callsOf()).toBe(3)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByRole('columnheader', { name: 'Mean before' })).toBeVisible()
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  await expect.poll(callsOf).toBe(3)
  await page.getByText('Since the reset', { exact: true }).click()
  await expect.poll(callsOf).toBe(before + 3)
})

test('the charts begin with what an earlier run of the console measured', async ({ page }) => {
  const minute = Math.floor(Date.now() / 60_000) - 300
  await askConsole(page, 'preferences.set', {
    key: 'operations/history/sandbox-dba',
    value: [[minute, 7, 3, 1000, 0, 99, 1]],
  })
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  const began = await page.evaluate(
    (at) => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }),
    minute * 60_000,
  )
  await expect(page.getByRole('region', { name: 'Transactions' })).toContainText(began)
})

test('live checks are asked again while they are seen, seldom from a battery, and never by a hidden window', async ({
  page,
}) => {
  await page.evaluate(() => {
    // The device's part: whether it is charged, and whether anybody sees the window.
    const battery = Object.assign(new EventTarget(), { charging: true })
    let seen: DocumentVisibilityState = 'visible'
    Object.defineProperty(navigator, 'getBattery', { value: async () => battery })
    Object.defineProperty(document, 'visibilityState', { get: () => seen })
    addEventListener('battery', () => {
      battery.charging = false
      battery.dispatchEvent(new Event('chargingchange'))
    })
    addEventListener('window', ({ detail }: CustomEventInit<DocumentVisibilityState>) => {
      seen = detail ?? 'visible'
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    })
  })
  await connectTo(page, 'DBA')
  await page.clock.install()
  let [asked, answered] = [0, 0]
  const isPoll = (request: Request): boolean => request.url().includes('/rpc/operations.run')
  page.on('request', (request) => {
    if (isPoll(request)) asked += 1
  })
  page.on('requestfinished', (request) => {
    if (isPoll(request)) answered += 1
  })
  /** How often they were asked in a minute; the time to the next poll begins with the answer. */
  const askedInAMinute = async (): Promise<number> => {
    const before = asked
    for (let second = 0; second < 60; second += 5) {
      await page.clock.runFor(5000)
      await expect.poll(() => answered).toBe(asked)
    }
    return asked - before
  }
  const show = (detail: string) =>
    page.evaluate((state) => dispatchEvent(new CustomEvent('window', { detail: state })), detail)
  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  // A busy machine's server is asked less often than every 5 s.
  await expect(page.getByText(/^live, every \d+ s$/)).toBeVisible()
  expect(await askedInAMinute()).toBeGreaterThan(2)
  await show('hidden')
  await page.clock.runFor(5000)
  expect(await askedInAMinute()).toBe(0)
  await show('visible')
  await expect.poll(askedInAMinute).toBeGreaterThan(2)
  await page.evaluate(() => dispatchEvent(new Event('battery')))
  await expect(page.getByText(/^live, every [3-9]\d s$/)).toBeVisible()
  await page.clock.runFor(5000)
  const fromBattery = await askedInAMinute()
  expect(fromBattery).toBeGreaterThan(0)
  expect(fromBattery).toBeLessThan(3)
})

test('a finding of the posture is accepted until a day for a reason, told so, and counts again', async ({
  page,
}) => {
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Posture', exact: true }).click()
  await page.getByRole('link', { name: /^Passwords of roles/ }).click()
  const finding = page.getByRole('region', { name: 'Findings' }).getByRole('listitem').first()
  await finding.getByRole('button', { name: 'Accept…' }).click()
  const accept = page.getByRole('dialog', { name: 'Accept the finding' })
  await accept.getByLabel('Reason').fill('CR-2210: until the next release')
  await expectAccessible(page, 'the acceptance of a finding')
  await accept.getByRole('button', { name: /^Accept until/ }).click()
  await expect(page.getByText(/ 1 finding accepted\.$/)).toBeVisible()
  const accepted = page
    .getByRole('region', { name: 'Findings' })
    .getByRole('listitem')
    .filter({ hasText: /Accepted until \d{4}-\d\d-\d\d by dba-1: CR-2210/ })
  await accepted.getByRole('button', { name: 'Take back…' }).click()
  const again = page.getByRole('dialog', { name: 'Let the finding count again' })
  await again.getByLabel('Reason').fill('CR-2210 is released')
  await again.getByRole('button', { name: 'Count again' }).click()
  await expect(page.getByText(/ 1 finding accepted\.$/)).toBeHidden()
  await expect(accepted).toBeHidden()
})
