import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { createRole, launchServer } from '../support/postgres.ts'
import { createTrail } from '../support/trail.ts'
import { expectAccessible, seriousFindings } from './axe.ts'
import { eventsTold } from './events-told.ts'
import { expect, test } from './fixtures.ts'
import { connectTo, makeConnection } from './new-connection.ts'
import { personaUrl } from './persona-url.ts'
import { serveConsole } from './serve.ts'
import { connectAs, openScreen } from './session.ts'

const addFilter = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: '+ filter' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

const asReviewer = async (page: Page): Promise<void> => {
  await connectAs(page, 'Compliance reviewer')
  await openScreen(page, 'Audit log')
}

test('filters of the audit log narrow it together, and the way back leads through them', async ({ page }) => {
  await asReviewer(page)
  const all = await eventsTold(page)
  await addFilter(page, 'Outside working hours')
  await expect(page.getByLabel('From', { exact: true })).toBeFocused()
  await expectAccessible(page, 'working hours')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^outside Mon–Fri 07:00–19:00/ })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBeLessThan(all)
  const outside = await eventsTold(page)
  await addFilter(page, 'Changed field')
  await page.getByRole('textbox', { name: 'changed field' }).fill('site')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'changed field site' })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBeLessThan(outside)
  expect(new URL(page.url()).hash).not.toContain('site')
  expect(await seriousFindings(page)).toEqual([])
  await page.goBack()
  await expect(page.getByRole('button', { name: 'changed field site' })).toHaveCount(0)
  await expect.poll(() => eventsTold(page)).toBe(outside)
})

test('what is shown is kept by a name, found again in a later session, and forgotten', async ({ page }) => {
  await connectAs(page, 'DBA')
  await openScreen(page, 'Audit log')
  await addFilter(page, 'Changed field')
  await page.getByRole('textbox', { name: 'changed field' }).fill('site')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'changed field site' })).toBeVisible()
  await page.getByRole('button', { name: 'Saved filters' }).click()
  const saved = page.getByRole('dialog', { name: 'Saved filters' })
  await saved.getByLabel('Name for what is shown now').fill('Sites that moved')
  await page.keyboard.press('Enter')
  await expect(saved.getByRole('button', { name: 'Sites that moved', exact: true })).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('link', { name: 'Audit log' }).click()
  await expect(page.getByRole('button', { name: 'changed field site' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Saved filters' }).click()
  await saved.getByRole('button', { name: 'Sites that moved', exact: true }).click()
  await expect(page.getByRole('button', { name: 'changed field site' })).toBeVisible()
  await expect(saved).toBeHidden()

  await page.getByRole('button', { name: 'Saved filters' }).click()
  await saved.getByRole('button', { name: 'Forget Sites that moved' }).click()
  await expect(saved.getByRole('listitem')).toHaveCount(0)
})

test('a long period is counted from its newest events on, and says back to when', async ({ page }) => {
  await asReviewer(page)
  await expect.poll(() => eventsTold(page)).toBeGreaterThan(0)
  const older = Promise.withResolvers<void>()
  let parts = 0
  await page.route('**/rpc/audit.timeline*', async (route) => {
    parts += 1
    if (parts > 1) await older.promise
    await route.continue()
  })
  await page.getByRole('button', { name: /^when / }).click()
  await page.getByRole('button', { name: 'all time', exact: true }).click()
  const told = page.locator('.page-head-facts')
  await expect(told).toHaveText(/^[\d,]+ events counted back to .+, all time$/)
  await expect(page.getByRole('figure', { name: /^Time line of / })).toContainText('not counted before')
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])
  const some = Number.parseInt((await told.textContent())?.replaceAll(',', '') ?? '', 10)
  older.resolve()
  await expect(told).toHaveText(/^[\d,]+ events, all time$/)
  expect(await eventsTold(page)).toBeGreaterThan(some)
})

test('what is unusual leads to its events, and an event to all of its row', async ({ page }) => {
  await asReviewer(page)
  const unusual = page.getByRole('region', { name: 'Unusual activity' })
  await unusual.getByRole('button', { name: '412 rows of auth_sessions deleted at once' }).click()
  await expect.poll(() => eventsTold(page)).toBe(412)
  await expect(page.getByRole('button', { name: /^transaction \d+$/ })).toBeVisible()
  await page.getByRole('button', { name: 'All changes of this row' }).click()
  await expect(page.getByRole('button', { name: 'when all time' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'table auth_sessions' })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBe(1)
  expect(await seriousFindings(page)).toEqual([])
})

test('what one person did stands day by day, and a day leads to its events', async ({ page }) => {
  await asReviewer(page)
  await page.getByRole('button', { name: 'All by ' }).click()
  const days = page.getByRole('region', { name: /^Days of / })
  await expect(days.getByRole('button').first()).toBeVisible()
  await page.getByRole('button', { name: 'Remove the filter of actor' }).click()
  await expect(days).toHaveCount(0)
  // The numbers of a filter come a moment after it: each has to be there before it is compared with.
  await expect.poll(() => eventsTold(page)).toBeGreaterThan(60_000)
  await page.getByRole('button', { name: 'actor any person' }).click()
  await page.getByLabel('Find a value of actor').fill('cleanup')
  await page.getByRole('checkbox', { name: 'cleanup', exact: true }).check()
  await page.keyboard.press('Escape')
  await expect.poll(() => eventsTold(page)).toBeLessThan(60_000)
  const all = await eventsTold(page)
  // The day of the clean-up, which is told by its number.
  await days.getByRole('button', { name: /4\d\d DELETE auth_sessions/ }).click()
  await expect(page.getByRole('button', { name: /^when from .* to / })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBeLessThan(all)
  expect(await eventsTold(page)).toBeGreaterThanOrEqual(412)
  await expect(days.getByRole('button')).toHaveCount(1)
  expect(await seriousFindings(page)).toEqual([])
})

test('what is masked is told by the policy of its columns, not by how a value looks', async ({ page }) => {
  await asReviewer(page)
  const details = page.getByRole('complementary', { name: 'Details' })
  const reveal = details.getByRole('button', { name: 'Reveal masked, asks a reason' })
  await page.getByRole('button', { name: 'operation all' }).click()
  await page.getByRole('checkbox', { name: 'SNAPSHOT' }).check()
  await page.keyboard.press('Escape')
  for (const [table, isMasked] of [
    ['notifications', true],
    ['documents', false],
    ['auth_sessions', true],
  ] as const) {
    await page.getByRole('button', { name: /^table / }).click()
    await page.getByRole('checkbox', { name: table, exact: true }).check()
    await page.keyboard.press('Escape')
    await expect(details.getByRole('heading', { name: new RegExp(`^SNAPSHOT ${table} `) })).toBeVisible()
    await expect(details.getByRole('table')).toBeVisible()
    await expect(reveal).toHaveCount(isMasked ? 1 : 0)
  }
})

test('the history of a row is one step away from the row', async ({ page }) => {
  await asReviewer(page)
  await page.getByRole('link', { name: 'Browse' }).click()
  await page.getByRole('treeitem', { name: /^documents/ }).click()
  await page.getByRole('grid', { name: 'Rows of documents' }).getByRole('gridcell').first().click()
  await page.getByRole('link', { name: 'History of this row' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'table documents' })).toBeVisible()
  await expect.poll(() => eventsTold(page)).toBeGreaterThan(1)
  await expect(page.getByRole('region', { name: /^Versions of documents / })).toContainText('No gap')
})

test('a session that may not write says why it neither reveals nor signs off', async ({ page }) => {
  await makeConnection(page, { name: 'Only reads', url: personaUrl('reviewer') })
  await connectTo(page, 'Only reads')
  await openScreen(page, 'Audit log')
  await page.getByRole('button', { name: 'table all' }).click()
  await page.getByRole('checkbox', { name: 'users', exact: true }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'operation all' }).click()
  await page.getByRole('checkbox', { name: 'SNAPSHOT' }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Reveal masked, asks a reason' }).click()
  const dialog = page.getByRole('dialog', { name: /^Event \d+ without masks$/ })
  await expect(dialog).toContainText('this session is read-only')
  await expect(dialog.getByRole('textbox')).toHaveCount(0)
})

test('a period is signed off in numbers, and what is masked is revealed for a reason; both are in the log', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-review-'))
  try {
    await using server = await launchServer(folder)
    await using trail = await createTrail(server.address)
    await trail.client.query(
      `insert into users (email, role, password_hash) values ('ann@example.com', 'operator', 'x')`,
    )
    await trail.seal()
    const role = await createRole({ on: server.address, as: 'in role viruj_reviewer' })
    const url = new URL(trail.database.url)
    url.username = role.user
    url.password = role.password
    const served = await serveConsole(['--home', join(folder, 'home'), '--no-sandbox'])
    try {
      await page.goto(await served.link())
      await makeConnection(page, { name: 'Reviewer', url: url.href, writes: true })
      await connectTo(page, 'Reviewer')
      await openScreen(page, 'Audit log')
      await page.getByRole('button', { name: 'Not reviewed' }).click()
      const dialog = page.getByRole('dialog', { name: 'Review of this period' })
      await expect(dialog).toContainText(/covered by seals 1 to 5 with \d+ events: 0 reviewed, \d+ not yet/)
      const unreviewed = dialog.getByRole('list', { name: 'Seals that are not reviewed' })
      await expect(unreviewed.getByRole('listitem')).toHaveText(/^seals 1 to 5, \d+ eventsup to /)
      await expectAccessible(page, 'sign-off')
      await unreviewed.getByRole('button', { name: 'Show only these' }).click()
      await expect(dialog).toBeHidden()
      await expect(page.getByRole('button', { name: /^when to / })).toBeVisible()
      await page.getByRole('button', { name: 'Not reviewed' }).click()
      await expect(dialog).toContainText('covered by seals 1 to 5')
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('All of it was looked at')
      await dialog.getByRole('button', { name: 'Sign off seals 1 to 5' }).click()
      await expect(dialog.getByRole('status')).toContainText(/Signed off: seals 1 to 5, \d+ events/)
      await expect(dialog.getByRole('list', { name: 'Reviews of this period' })).toContainText(
        'All of it was looked at',
      )
      await page.keyboard.press('Escape')
      await expect(page.getByRole('button', { name: 'Reviewed', exact: true })).toBeVisible()

      await page.getByRole('button', { name: 'table all' }).click()
      await page.getByRole('checkbox', { name: 'users', exact: true }).check()
      await page.keyboard.press('Escape')
      await expect(page.getByRole('table')).toContainText('a…m')
      await page.getByRole('button', { name: 'Reveal masked, asks a reason' }).click()
      const event = page.getByRole('dialog', { name: /^Event \d+ without masks$/ })
      await expect(event.getByRole('button', { name: 'Reveal and record' })).toBeDisabled()
      await expectAccessible(page, 'reveal')
      await event.getByRole('textbox', { name: 'Reason' }).fill('CR-12: who is it')
      await event.getByRole('button', { name: 'Reveal and record' }).click()
      await expect(event).toContainText('ann@example.com')
      await expectAccessible(page, 'revealed')
      const { rows } = await trail.client.query(
        `select new_row ->> 'what' as what, reason from audit.event where op = 'ACCESS' and actor = $1 order by id`,
        [role.user],
      )
      expect(rows).toEqual([
        { what: 'sign-off', reason: 'All of it was looked at' },
        { what: 'reveal', reason: 'CR-12: who is it' },
      ])
    } finally {
      await served.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('in a small window the events stand below bars of one line each, and what does not fit is one step away', async ({
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 600 })
  await connectAs(page, 'DBA')
  await openScreen(page, 'Audit log')
  const unusual = page.getByRole('region', { name: 'Unusual activity' })
  await expect(
    unusual.getByRole('button', { name: '412 rows of auth_sessions deleted at once' }),
  ).toBeVisible()
  const filters = page.getByRole('toolbar', { name: 'Filters' })
  for (const name of ['No reason', 'Not by the console']) await addFilter(page, name)
  await addFilter(page, 'Outside working hours')
  await expect(page.getByLabel('From', { exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  // What was just added is looked at; then it goes out of the way.
  await expect(filters.getByRole('button', { name: /^outside Mon/ })).toBeInViewport()
  await filters.getByRole('button', { name: 'less' }).click()
  for (const bar of [page.getByRole('region', { name: 'Integrity' }), filters, unusual])
    await expect.poll(async () => (await bar.boundingBox())?.height).toBeLessThanOrEqual(41)
  const grid = page.getByRole('grid', { name: 'Audit events' })
  const whole = await grid.evaluate((element) => {
    const { bottom } = element.getBoundingClientRect()
    return [...element.querySelectorAll('[role="gridcell"]')].filter(
      (cell) => cell.getAttribute('aria-colindex') === '1' && cell.getBoundingClientRect().bottom <= bottom,
    ).length
  })
  expect(whole).toBeGreaterThanOrEqual(8)
  await unusual.getByRole('button').first().focus()
  const last = unusual.getByRole('button', { name: / without a reason$/ })
  await expect(last).not.toBeInViewport()
  for (let steps = 0; steps < 6; steps += 1) await page.keyboard.press('Tab')
  await expect(last).toBeInViewport()
  expect(await seriousFindings(page)).toEqual([])
})
