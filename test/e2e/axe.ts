import { expect, type Page } from '@playwright/test'
import axe from 'axe-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/**
 * What axe finds serious or critical on the page as it stands, by rule and element.
 * @param rules only these; all when it is left out
 */
export const seriousFindings = async (page: Page, rules?: string[]): Promise<string[]> => {
  // Half-way from one theme or state to the next a colour is neither.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  )
  // Once a page: its half a megabyte takes longer to read than many a page to look at.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), {
    // There are no frames, and most of its time went into a selector for each element that passed.
    iframes: false,
    resultTypes: ['violations' as const],
    ...(rules && { runOnly: { type: 'rule' as const, values: rules } }),
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Nothing serious on what the page shows now, dark and light, which differ in colours only. */
export const expectAccessible = async (page: Page, what: string): Promise<void> => {
  for (const [colorScheme, rules] of [
    ['dark', undefined],
    ['light', ['color-contrast']],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    expect.soft(await seriousFindings(page, rules && [...rules]), `${what}, ${colorScheme}`).toEqual([])
  }
}
