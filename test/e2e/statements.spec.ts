import pg from 'pg'
import { loopback } from '../../src/shared/loopback.ts'
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

test('what ran since a snapshot is told by itself, also when the screen is opened again', async ({
  page,
}) => {
  const client = new pg.Client(personaUrl('dba'))
  await client.connect()
  const ask = () => client.query('select sum(bytes) from documents where plant = $1', ['HYD-1'])
  await ask()
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  const asked = page.getByRole('row', { name: /select sum\(bytes\) from documents/ })
  const callsOf = async () => Number(await asked.getByRole('gridcell').nth(3).textContent())
  await asked.click()
  const before = await callsOf()
  await page.keyboard.press('n')
  await expect(page.getByText(/^\d+ statements? ran since the snapshot\.$/).first()).toBeVisible()
  await expect(asked).toBeHidden()
  for (let n = 0; n < 3; n++) await ask()
  await client.end()
  await page.keyboard.press('r')
  await expect(asked).toBeVisible()
  expect(await callsOf()).toBe(3)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByRole('columnheader', { name: 'Mean before' })).toBeVisible()
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('link', { name: 'Queries', exact: true }).click()
  await expect.poll(callsOf).toBe(3)
  await page.getByText('Since the reset', { exact: true }).click()
  await expect.poll(callsOf).toBe(before + 3)
})

test('the charts begin with what an earlier run of the console measured', async ({ page }) => {
  const minute = Math.floor(Date.now() / 60_000) - 300
  const status = await page.evaluate(
    async ({ header, key, input }) => {
      const answer = await fetch('/rpc/preferences.set', {
        method: 'POST',
        headers: { 'content-type': 'application/json', [header]: sessionStorage.getItem(key) ?? '' },
        body: JSON.stringify(input),
      })
      return answer.status
    },
    {
      header: loopback.tabHeader,
      key: loopback.tabKey,
      input: { key: 'operations/history/sandbox-dba', value: [[minute, 7, 3, 1000, 0, 99, 1]] },
    },
  )
  expect(status).toBe(200)
  await connectTo(page, 'DBA')
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  const began = await page.evaluate(
    (at) => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }),
    minute * 60_000,
  )
  await expect(page.getByRole('region', { name: 'Transactions' })).toContainText(began)
})
