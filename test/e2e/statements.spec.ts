import pg from 'pg'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectTo } from './new-connection.ts'
import { personaUrl } from './persona-url.ts'

test('a statement is found among the slow ones, and explained without being run', async ({ page }) => {
  const client = new pg.Client(personaUrl('dba'))
  await client.connect()
  await client.query('select count(*) from documents where plant = $1 and bytes > $2', ['HYD-1', 4000])
  await client.end()
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  await page.getByRole('gridcell', { name: /^select count\(\*\) from documents where plant = \$1/ }).click()
  await page.getByRole('button', { name: 'Explain' }).click()
  const plan = page.getByRole('dialog', { name: 'Generic plan' })
  await expect(plan).toContainText(/on documents .*cost=/)
  await expect(plan).toContainText('$1')
  await expectAccessible(page, 'a generic plan')
})
