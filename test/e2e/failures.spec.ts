import type { Page } from '@playwright/test'
import { launchServer, type ServerAddress, type ServerOptions } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { connectWithPassword, makeConnection } from './new-connection.ts'
import { clientOf, expect, ownerOf, test, urlOf } from './own-server.ts'

const hour = 3_600_000

/** Makes a connection and asks to connect; no password is saved. */
const connect = async (page: Page, name: string, url: string, password: string): Promise<void> => {
  await makeConnection(page, { name, url })
  await connectWithPassword(page, name, password)
}

const openSession = async (page: Page, name: string, address: ServerAddress, at = address): Promise<void> => {
  await connect(page, name, urlOf(address, ownerOf(address), at), address.password)
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}

const openTable = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel('Filter objects by name').fill(name)
  await page.getByRole('treeitem', { name }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
}

const sql = async (address: ServerAddress, statement: string): Promise<void> => {
  const client = await clientOf(address)
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Backends of the console that run a statement of its own on a table. */
const waitingOn = async (address: ServerAddress, table: string): Promise<number> => {
  const client = await clientOf(address)
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%'
          and pid <> pg_backend_pid()`,
      [table],
    )
    return Number(rows[0]?.count)
  } finally {
    await client.end()
  }
}

test.describe('a connection that is refused says why and what to do', () => {
  test('a wrong password', async ({ page, server }) => {
    const { address } = server
    await connect(page, 'Wrong password', urlOf(address, ownerOf(address)), 'not it')
    const prompt = page.getByRole('dialog', { name: 'Password' })
    await expect(prompt).toContainText(`does not accept this password for user "${address.superuser}"`)
    await expect(prompt).toContainText('Check user and password')
  })

  // The name of the connection says nothing of what is wrong: the prompt shows it, too.
  const certificates: [string, NonNullable<ServerOptions['tls']>, RegExp, RegExp][] = [
    [
      'expired',
      { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) },
      /The certificate of 127\.0\.0\.1:\d+ has expired/,
      /Renew the certificate/,
    ],
    ['self-signed', { selfSigned: true }, /signed by itself/, /choose the file of the authority/],
    [
      'for another host',
      { hosts: ['db.example.test'] },
      /127\.0\.0\.1:\d+ shows is made for another name/,
      /Connect by a name that stands in the certificate/,
    ],
  ]
  for (const [at, [what, tls, message, remedy]] of certificates.entries()) {
    test(`a certificate that is ${what}`, async ({ page, folder }) => {
      await using other = await launchServer(folder, { tls })
      const { address } = other
      await connect(page, `Refused ${at}`, urlOf(address, ownerOf(address)), address.password)
      const prompt = page.getByRole('dialog', { name: 'Password' })
      await expect(prompt).toContainText(message)
      await expect(prompt).toContainText(remedy)
    })
  }

  test('a server without TLS', async ({ page, folder }) => {
    await using other = await launchServer(folder, { tls: false })
    const { address } = other
    await connect(page, 'Refused', urlOf(address, ownerOf(address)), address.password)
    await expect(page.getByRole('dialog', { name: 'Password' })).toContainText(
      /does not offer TLS.*\(ssl = on\)/,
    )
  })
})

test('a table that is dropped while it is open', async ({ page, server }) => {
  const { address } = server
  await sql(address, 'create table dropped_soon as select n as id from generate_series(1, 5) as n')
  await openSession(page, 'Dropped', address)
  await openTable(page, 'dropped_soon')
  const rows = page.getByRole('grid').getByRole('gridcell')
  await expect(rows).toHaveCount(5)
  await sql(address, 'drop table dropped_soon')
  await page.getByRole('button', { name: 'Reload', exact: true }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toHaveAttribute('data-code', 'NOT_FOUND')
  await expect(alert).toContainText('it was dropped, or dropped and made anew')
})

test('a grant that is revoked while the table is open', async ({ page, server }) => {
  const { address } = server
  await sql(
    address,
    `create table granted (id int primary key); insert into granted values (1);
     create role reader login password 'reads-only-1'; grant select on granted to reader`,
  )
  const reader = { user: 'reader', password: 'reads-only-1' }
  await connect(page, 'Revoked', urlOf(address, reader), reader.password)
  await openTable(page, 'granted')
  await expect(page.getByRole('grid').getByRole('gridcell')).toHaveCount(1)
  await sql(address, 'revoke select on granted from reader')
  await page.getByRole('button', { name: 'Reload', exact: true }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toHaveAttribute('data-code', 'PERMISSION_DENIED')
  await expect(alert).toContainText('GRANT SELECT ON')
})

test('a value of 300 MB: its page opens, and reading it whole is refused with its size', async ({
  page,
  server,
}) => {
  const { address } = server
  await sql(
    address,
    `create table huge (id int primary key, body text);
     insert into huge values (1, repeat('x', 300 * 1024 * 1024)), (2, 'small')`,
  )
  await openSession(page, 'Huge', address)
  await openTable(page, 'huge')
  const grid = page.getByRole('grid')
  await expect(grid.getByRole('gridcell', { name: 'small' })).toBeVisible()
  await grid.locator('[data-ordinal="0"] [aria-colindex="2"]').click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByRole('button', { name: 'Load whole' }).click()
  const alert = inspector.getByRole('alert')
  await expect(alert).toHaveAttribute('data-code', 'VALUE_TOO_LARGE')
  await sql(address, 'drop table huge')
})

test('ten thousand tables open and are searched', async ({ page, server }) => {
  const { address } = server
  await openSession(page, 'Many tables', address)
  await sql(address, `create schema many`)
  for (let part = 0; part < 20; part++) {
    await sql(
      address,
      `do $$ begin for n in ${part * 500 + 1} .. ${part * 500 + 500} loop
         execute format('create table many.t_%s (id int)', n); end loop; end $$`,
    )
  }
  await page.getByRole('button', { name: 'Reload the tree' }).click()
  await page.getByLabel('Filter objects by name').fill('t_9999')
  await page.getByRole('treeitem', { name: 't_9999' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('t_9999')
})

test('a server that is killed while a page loads is told at once; rows stay, a click goes on', async ({
  page,
  folder,
}) => {
  await using own = await launchServer(folder)
  const { address } = own
  await sql(
    address,
    `create table many (id int primary key, body text); insert into many select n, 'row ' || n from generate_series(1, 50000) as n`,
  )
  await openSession(page, 'Killed', address)
  await openTable(page, 'many')
  const grid = page.getByRole('grid')
  await expect(grid.getByRole('gridcell', { name: 'row 1', exact: true })).toBeVisible()
  const locker = await clientOf(address)
  await locker.query('begin; lock table many')
  // The page of the last rows waits for the lock.
  await grid.getByRole('gridcell').first().click()
  await page.keyboard.press('Control+End')
  await expect.poll(() => waitingOn(address, 'many')).toBeGreaterThan(0)
  await own.kill()
  await expect(page.locator('.error-line')).toHaveAttribute('data-code', 'CONNECTION_LOST')
  await expect(grid.getByRole('gridcell', { name: 'row 1', exact: true })).toBeVisible()
  await own.start()
  await page.getByRole('button', { name: 'Reconnect' }).click()
  await expect(page.getByRole('banner')).toContainText('read-only · server')
  await page.locator('.error-line').getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('.error-line')).toHaveCount(0)
})

test('a network that went silent lets a person give up at once', async ({ page, server }) => {
  const { address } = server
  await sql(
    address,
    `create table far (id int primary key, body text); insert into far select n, 'row ' || n from generate_series(1, 50000) as n`,
  )
  await using proxy = await startProxy(address)
  await openSession(page, 'Silent', address, { ...address, host: proxy.host, port: proxy.port })
  await openTable(page, 'far')
  const grid = page.getByRole('grid')
  await expect(grid.getByRole('gridcell', { name: 'row 1', exact: true })).toBeVisible()
  proxy.freeze()
  await grid.getByRole('gridcell').first().click()
  await page.keyboard.press('Control+End')
  await page.getByRole('button', { name: 'stop', exact: true }).click()
  await expect(page.getByRole('button', { name: 'stop', exact: true })).toBeHidden()
  await expect(grid.getByRole('gridcell', { name: 'row 1', exact: true })).toBeVisible()
})
