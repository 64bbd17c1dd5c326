import type { Page } from '@playwright/test'

/** How many events the head of the audit log tells. */
export const eventsTold = async (page: Page): Promise<number> =>
  Number(
    ((await page.locator('.page-head-facts').textContent()) ?? '')
      .replace(/ events?,.*/, '')
      .replaceAll(',', ''),
  )
