import { expect, test } from './fixtures.ts'
import { connectAs, disconnectAll } from './session.ts'

test('the palette finds an object by name and opens it', async ({ page }) => {
  await connectAs(page, 'DBA')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('auth_sess')
  const palette = page.getByRole('dialog', { name: 'Search objects, run a command' })
  await expect(palette.getByRole('option').first()).toContainText('public.auth_sessions')
  await page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('auth_sessions')
})

test('every screen is reached by the keyboard alone', async ({ page }) => {
  await disconnectAll(page)
  const connect = page.getByRole('button', { name: 'Connect to DBA', exact: true })
  await expect(connect).toBeVisible()
  await page.keyboard.press('Tab')
  for (
    let steps = 0;
    steps < 40 && !(await connect.evaluate((it) => it === document.activeElement));
    steps++
  ) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()

  for (const [letter, title] of [
    ['m', 'Metadata'],
    ['a', 'Audit log'],
    ['d', 'Documents'],
    ['s', 'Signatures'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('disconnect')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Viruj Console' })).toBeVisible()
})

test('the theme is kept', async ({ page }) => {
  const scheme = page.locator('html')
  await page.getByRole('button', { name: 'Theme' }).click()
  // The system's is light here: only a theme that was kept is dark.
  await page.getByRole('menuitem', { name: 'Dark theme' }).click()
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitem', { name: 'Theme of the system' }).click()
  await expect(scheme).toHaveAttribute('data-mantine-color-scheme', 'light')
})

test('open sessions are listed, switched between and ended', async ({ page }) => {
  await disconnectAll(page)
  await connectAs(page, 'DBA')
  await page.getByRole('banner').getByRole('button', { name: 'viruj_erp' }).click()
  await page.getByRole('menuitem', { name: 'Connections' }).click()
  await connectAs(page, 'Operator')
  await page.getByRole('banner').getByRole('button', { name: 'viruj_erp' }).click()
  await page.getByRole('menuitem', { name: 'DBA' }).click()
  await expect(page.getByRole('banner')).toContainText('dba-1')
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('button', { name: /^Disconnect / })).toHaveCount(2)
  await disconnectAll(page)
})

test('a screen that fails says so, and the rest of the window goes on', async ({ page }) => {
  await connectAs(page, 'DBA')
  await page.route('**/assets/documents-screen*.js', (route) => route.abort())
  await page.getByRole('link', { name: 'Documents' }).click()
  await expect(page.getByRole('alert')).toContainText('failed')
  await page.getByRole('link', { name: 'Metadata' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Metadata' })).toBeVisible()
})

test('what Enter opens in the palette is never an answer to other words', async ({ page }) => {
  await connectAs(page, 'DBA')
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search objects, run a command' })
  await page.keyboard.type('signatures')
  await expect(palette.getByRole('option', { name: 'public.signatures' }).first()).toBeVisible()
  await palette.getByRole('combobox').fill('users')
  // At once, before the answer to the new words is there.
  expect(await palette.getByRole('option', { name: /signatures/ }).count()).toBe(0)
  await expect(palette.getByRole('option', { name: /public\.users/ }).first()).toBeVisible()
})

test('a session that was closed in another tab says so and leads to the connections', async ({
  page,
  context,
  served,
}) => {
  await disconnectAll(page)
  await connectAs(page, 'DBA')
  const other = await context.newPage()
  await other.goto(await served.link())
  await disconnectAll(other)
  const banner = page.getByRole('alert')
  await expect(banner).toContainText('no longer open')
  await banner.getByRole('link', { name: 'Connections' }).click()
  await expect(page.getByRole('button', { name: 'Connect to DBA', exact: true })).toBeVisible()
})
