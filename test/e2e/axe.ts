import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

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
  const { violations } = await new AxeBuilder({ page })
    // There are no frames: without a second page, which the desktop window would not allow, in which axe puts theirs together.
    .setLegacyMode()
    // Most of its time went into a selector for each element that passed.
    .options({ resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) })
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
