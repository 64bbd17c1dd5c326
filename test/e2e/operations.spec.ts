import { expectAccessible } from './axe.ts'
import { connectTo, makeConnection } from './new-connection.ts'
import { clientOf, expect, ownerOf, test, urlOf } from './own-server.ts'

const withPassword = (url: string, password: string): string => url.replace('@', `:${password}@`)

test('the overview says of every check how it is, and a lock queue names the one whom all wait for', async ({
  page,
  server: { address },
}) => {
  const [root, middle, last] = await Promise.all([clientOf(address), clientOf(address), clientOf(address)])
  const pidOf = async (client: typeof root): Promise<string> =>
    (await client.query<{ pid: string }>('select pg_backend_pid()::text as pid')).rows[0]?.pid ?? ''
  const [rootPid, middlePid, lastPid] = [await pidOf(root), await pidOf(middle), await pidOf(last)]
  await root.query('create table orders (id int primary key)')
  await root.query('begin; select from orders')
  // Behind the reader an ALTER TABLE, and behind that another reader, who would not have to wait for the first.
  const waiting = [middle.query('alter table orders add note text')]
  const queued = async () =>
    (await root.query('select count(*)::int as n from pg_locks where not granted')).rows[0]?.n
  await expect.poll(queued).toBe(1)
  waiting.push(last.query('select from orders'))
  await expect.poll(queued).toBe(2)
  try {
    await makeConnection(page, {
      name: 'Busy',
      url: withPassword(urlOf(address, ownerOf(address)), address.password),
      writes: true,
    })
    await connectTo(page, 'Busy')
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await expect(page.getByRole('region', { name: 'Primary and standbys' })).toContainText('primary')
    const blocking = page.getByRole('link', { name: /Blocking/ })
    await expect(blocking).toContainText(`Backend ${rootPid}`, { timeout: 20_000 })
    await expect(page.getByRole('link', { name: /Backups/ }).last()).toBeVisible()
    await expectAccessible(page, 'the overview of operations')

    await blocking.click()
    await expect(page.getByRole('heading', { level: 1, name: 'Sessions' })).toBeVisible()
    const grid = page.getByRole('grid', { name: 'Blocking' })
    await expect(grid.locator('.grid-row')).toHaveCount(3)
    // The tree from its root on.
    await expect(grid.locator('.grid-row').nth(0).getByRole('gridcell').first()).toHaveText(rootPid)
    await expect(grid.locator('.grid-row').nth(1).getByRole('gridcell').first()).toHaveText(`└ ${middlePid}`)
    await expect(grid.locator('.grid-row').nth(2).getByRole('gridcell').first()).toHaveText(
      `\u2003└ ${lastPid}`,
    )
    await expect(page.getByRole('region', { name: 'Findings' })).toContainText(`Backend ${rootPid}`)
    await expectAccessible(page, 'the sessions that block')

    await page.getByRole('button', { name: 'Thresholds…' }).click()
    const limits = page.getByRole('dialog', { name: 'Thresholds of Blocking' })
    await limits.getByLabel('Time that a backend waits: warning from').fill('4000')
    await limits.getByLabel('Time that a backend waits: critical from').fill('1')
    await limits.getByRole('button', { name: 'Save' }).click()
    await expect(limits).toBeHidden()
    await expect(page.getByRole('region', { name: 'Findings' })).toContainText('critical from 1 s')
    await page.getByRole('button', { name: 'Thresholds…' }).click()
    await limits.getByRole('button', { name: 'Defaults' }).click()
    await limits.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('region', { name: 'Findings' })).toContainText('warning from 5 s')

    await page.getByRole('link', { name: 'Alerts', exact: true }).click()
    await page.context().grantPermissions(['notifications'])
    await page.evaluate(() => {
      const told: string[] = []
      const Told = class {
        static permission = 'granted'
        constructor(title: string, { body }: { body: string }) {
          told.push(`${title}. ${body}`)
        }
      }
      Object.assign(window, { told, Notification: Told })
    })
    const watch = page.getByRole('switch', { name: 'Watch this connection' })
    await watch.click()
    const changes = page.getByRole('region', { name: 'Changes' })
    await expect(changes.getByRole('row', { name: /Blocking/ })).toContainText(`Backend ${rootPid}`)
    const told = await page.evaluate(() => ('told' in window ? window.told : null))
    expect(told).toEqual([expect.stringContaining(`Busy: Blocking is warning. Backend ${rootPid}`)])
    await expectAccessible(page, 'the alerts')
    await watch.click()
    await expect(watch).not.toBeChecked()
    await page.context().clearPermissions()
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()

    await page.getByRole('button', { name: 'Cancel or end…' }).click()
    const dialog = page.getByRole('dialog', { name: `Backend ${rootPid}` })
    await expect(dialog.getByRole('list', { name: 'What will happen' })).toContainText('2')
    await expectAccessible(page, 'what ending a session does')
    const end = dialog.getByRole('button', { name: `End session ${rootPid}` })
    await expect(end).toBeDisabled()
    await dialog.getByLabel('Reason').fill('It blocks the release, INC-77')
    await end.click()
    await expect(dialog).toBeHidden()
    await Promise.all(waiting)
    await expect(page.getByText('Nobody waits for a lock.').first()).toBeVisible({ timeout: 20_000 })
  } finally {
    await Promise.all([root, middle, last].map((client) => client.end()))
  }
})

test('a table full of dead rows is vacuumed from its row, and the work says what came of it', async ({
  page,
  server: { address },
}) => {
  const owner = await clientOf(address)
  try {
    await owner.query(`
      create table junk (id int primary key, note text) with (autovacuum_enabled = off);
      insert into junk select n, repeat('x', 100) from generate_series(1, 20000) n;
      delete from junk where id % 10 < 6`)
    await makeConnection(page, {
      name: 'Untidy',
      url: withPassword(urlOf(address, ownerOf(address)), address.password),
      writes: true,
    })
    await connectTo(page, 'Untidy')
    await page.getByRole('link', { name: 'Maintenance', exact: true }).click()
    const findings = page.getByRole('region', { name: 'Findings' })
    const junk = findings.getByRole('button', { name: /junk .*dead/ })
    // The statistics of the server come a moment later.
    await expect(async () => {
      await page.keyboard.press('r')
      await expect(junk).toBeVisible({ timeout: 2000 })
    }).toPass({ timeout: 20_000 })
    await junk.click()
    await page.getByRole('button', { name: 'Maintain…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Maintain public.junk' })
    await dialog.getByLabel('Reason').fill('Weekly tidying, OPS-12')
    await dialog.getByRole('button', { name: 'VACUUM and ANALYZE' }).click()
    await expect(dialog).toBeHidden()
    const work = page.getByRole('region', { name: 'Work of this session' })
    await expect(work).toContainText(/dead rows 12,000 → 0/, { timeout: 20_000 })
    await expect(junk).toBeHidden()
    await expectAccessible(page, 'the maintenance')
  } finally {
    await owner.query('drop table if exists junk')
    await owner.end()
  }
})

test('a role that may not look is told what it may not, and which grant would help', async ({
  page,
  server: { address },
}) => {
  const owner = await clientOf(address)
  await owner.query(`create role clerk login password '${address.password}'`)
  try {
    await makeConnection(page, {
      name: 'Clerk',
      url: withPassword(urlOf(address, { user: 'clerk', password: address.password }), address.password),
    })
    await connectTo(page, 'Clerk')
    await expect(page.getByRole('link', { name: 'Sessions', exact: true })).toHaveCount(0)
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    const blocking = page.getByRole('link', { name: /Blocking/ })
    await expect(blocking).toContainText('not checked')
    await blocking.click()
    await expect(page.getByRole('region', { name: 'Findings' })).toContainText('GRANT')
  } finally {
    await page.goto(new URL('/', page.url()).href)
    await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', ['clerk'])
    await owner.query('drop role clerk')
    await owner.end()
  }
})
