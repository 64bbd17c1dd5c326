import { expect, test } from './fixtures.ts'

test.skip(process.env.DESKTOP !== undefined, 'Only a browser comes through a link.')

test('a link opens the console on its sample data, and is of no use afterwards', async ({
  page,
  served,
  context,
}) => {
  await expect(page.getByText('DBA', { exact: true }).first()).toBeVisible()
  expect(new URL(page.url()).hash).not.toMatch(/[\w-]{20}/)

  const link = await served.link()
  const second = await context.newPage()
  await second.goto(link)
  await second.waitForURL((url) => url.pathname === '/')
  const third = await context.newPage()
  await third.goto(link)
  await expect(third.getByRole('status')).toContainText('was used before')
})
