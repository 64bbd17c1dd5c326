import type { Page } from '@playwright/test'
import { environments } from '../../src/shared/profiles.ts'
import { connectTo, makeConnection } from './new-connection.ts'
import { expect, test } from './own-console.ts'
import { personaUrl } from './persona-url.ts'

/** The colours that say which environment one is in: of the line above all, of its badge, of the badge's frame. */
const shownColours = (page: Page) =>
  page.evaluate(() => {
    const style = (selector: string) => getComputedStyle(document.querySelector(selector) ?? document.body)
    return {
      line: style('.header').borderTopColor,
      frame: style('.header .environment-badge').borderTopColor,
      text: style('.header .environment-badge').color,
    }
  })

/** What a colour of the theme is to the browser. */
const colourOf = (page: Page, token: string) =>
  page.evaluate((name) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }, token)

const tokens = { development: '--dev', staging: '--stag', production: '--prod' } as const

test('the header has the colour of the environment, which no two share, in both themes', async ({
  page,
  serve,
}) => {
  const served = await serve()
  for (const environment of environments) {
    const name = `Ledger ${environment}`
    await page.goto(await served.link())
    await makeConnection(page, { name, url: personaUrl('reviewer'), environment })
    await connectTo(page, name)
    await expect(page.getByRole('banner')).toContainText(environment)
    await page.setViewportSize({ width: 1024, height: 700 })
    const [badge, search] = await Promise.all([
      page.locator('.header .environment-badge').boundingBox(),
      page.locator('.header-search').boundingBox(),
    ])
    // A narrow window covers no part of it.
    expect((badge?.x ?? 0) + (badge?.width ?? 0)).toBeLessThan(search?.x ?? 0)
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
      const own = await colourOf(page, tokens[environment])
      expect(await shownColours(page)).toEqual({
        line: own,
        frame: own,
        text: await colourOf(page, `${tokens[environment]}-text`),
      })
      const all = await Promise.all(environments.map((one) => colourOf(page, tokens[one])))
      expect(new Set(all).size).toBe(environments.length)
    }
  }
})
