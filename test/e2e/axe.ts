import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** What axe finds serious or critical on the page as it stands, by rule and element. */
export const seriousFindings = async (page: Page): Promise<string[]> => {
  // Half-way from one theme or state to the next a colour is neither.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  )
  // The desktop window allows no second page, in which axe would put its findings together.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(process.env.DESKTOP !== undefined)
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
