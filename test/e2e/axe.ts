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
  // The desktop window allows no second page, in which axe would put its findings together.
  const builder = new AxeBuilder({ page }).setLegacyMode(process.env.DESKTOP !== undefined)
  const { violations } = await (rules === undefined ? builder : builder.withRules(rules)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
