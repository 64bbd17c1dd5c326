import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** What axe finds serious or critical on the page as it stands, by rule and element. */
export const seriousFindings = async (page: Page): Promise<string[]> => {
  // The desktop window allows no second page, in which axe would put its findings together.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(process.env.DESKTOP !== undefined)
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
