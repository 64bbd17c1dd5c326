import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchServer } from '../support/postgres.ts'
import { createTrail } from '../support/trail.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { serveConsole } from './serve.ts'

test('the history of a row shows version by version what was recorded, and what a superuser changed unrecorded', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-biography-'))
  try {
    await using server = await launchServer(folder)
    await using trail = await createTrail(server.address)
    await trail.client.query(`
      begin; alter table item disable trigger audit_update; update item set name = 'swapped' where id = 1;
      alter table item enable always trigger audit_update; commit;
      begin; select set_config('audit.reason', 'CR-8: as on the label', true); update item set name = 'label' where id = 1; commit`)
    const served = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: trail.database.url })
    try {
      await page.goto(await served.link())
      await page.getByRole('button', { name: /^Connect to / }).click()
      await page.getByRole('treeitem', { name: /^item/ }).click()
      await page
        .getByRole('grid', { name: 'Rows of item' })
        .getByRole('gridcell', { name: '1', exact: true })
        .click()
      await page.getByRole('link', { name: 'History of this row' }).click()
      const history = page.getByRole('region', { name: 'Versions of item 1' })
      await expect(history).toContainText('1 gap in what was recorded.')
      const versions = history.getByRole('list').getByRole('listitem')
      await expect(versions.locator('.op')).toHaveText([
        'UPDATE',
        'ALTER TABLE',
        'ALTER TABLE',
        'INSERT',
        'Recording of this table began',
      ])
      const updated = versions.first()
      await expect(updated).toContainText('CR-8: as on the label')
      await expect(updated.getByRole('table').first()).toContainText('label')
      await expect(updated).toContainText('the row was changed and nothing recorded it')
      await expect(updated.getByRole('table').last().getByRole('row').last()).toHaveText('nameitem 1swapped')
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
        expect(await seriousFindings(page)).toEqual([])
      }

      const choice = page.getByRole('radiogroup', { name: 'Show the history as' })
      await choice.getByRole('radio', { name: 'Versions' }).focus()
      await page.keyboard.press('ArrowRight')
      await expect(page.getByRole('grid', { name: 'Audit events' })).toBeVisible()
      await page.goBack()
      await updated.getByRole('button', { name: /^transaction \d+$/ }).focus()
      await page.keyboard.press('Enter')
      await expect(page.getByRole('grid', { name: 'Audit events' })).toBeVisible()
      await expect(choice).toHaveCount(0)
    } finally {
      await served.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
