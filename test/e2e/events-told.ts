import type { Page } from '@playwright/test'

/** How many events the head of the audit log tells, once they are counted. */
export const eventsTold = async (page: Page): Promise<number> =>
  Number(
    (
      (await page
        .locator('.page-head-facts')
        .filter({ hasText: /^[\d,]+ events?/ })
        .textContent()) ?? ''
    )
      .replace(/ events?,.*/, '')
      .replaceAll(',', ''),
  )
