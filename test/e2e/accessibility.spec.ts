import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { connectAs, openScreen } from './session.ts'

/** What axe finds serious or critical on the page as it stands, by rule and element. */
const seriousFindings = async (page: Page): Promise<string[]> => {
  // The desktop window allows no second page, in which axe would put its findings together.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(process.env.DESKTOP !== undefined)
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing serious on any screen, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.getByRole('button', { name: 'Connect to DBA', exact: true })).toBeVisible()
    expect.soft(await seriousFindings(page), 'connect').toEqual([])

    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await expect(page.getByRole('region', { name: /^Test of / }).first()).toBeVisible()
    expect.soft(await seriousFindings(page), 'test of a connection').toEqual([])

    await page.getByRole('button', { name: 'New connection' }).click()
    await page.getByText('Role, limits and more').click()
    expect.soft(await seriousFindings(page), 'editor').toEqual([])
    await page.keyboard.press('Escape')

    await connectAs(page, 'DBA')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('public.doc')
    await expect(page.getByRole('option').first()).toBeVisible()
    expect.soft(await seriousFindings(page), 'palette').toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
    expect.soft(await seriousFindings(page), 'keyboard help').toEqual([])
    await page.keyboard.press('Escape')

    for (const title of ['Metadata', 'Documents', 'Audit log']) {
      await openScreen(page, title)
      expect.soft(await seriousFindings(page), title).toEqual([])
    }
    await page.getByRole('button', { name: 'actor any person' }).click()
    await expect(page.getByLabel('Find a value of actor')).toBeVisible()
    expect.soft(await seriousFindings(page), 'values of a filter').toEqual([])
  })
}
