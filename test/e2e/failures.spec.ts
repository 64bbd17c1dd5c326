import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import pg from 'pg'
import { launchServer, type ServerAddress, type ServerOptions, type TestServer } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

const hour = 3_600_000

type Servers = {
  /** A PostgreSQL server that all tests of this file share: they leave it as they found it. */
  server: TestServer
  /** A console of its own home, whose connections are made by the tests. */
  served: ServedConsole
  folder: string
}

const test = base.extend<object, Servers>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'console-failures-'))
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ folder }, use) => {
      await using server = await launchServer(folder)
      await use(server)
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  served: [
    async ({ folder }, use) => {
      const served = await serveConsole(['--home', join(folder, 'home'), '--no-sandbox'])
      try {
        await use(served)
      } finally {
        await served.stop()
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  page: async ({ page, served }, use) => {
    await page.goto(await served.link())
    await expect(page.getByRole('banner').getByRole('button', { name: 'New connection' })).toBeVisible()
    await use(page)
  },
})

type Account = { user: string; password: string }

const urlOf = (
  { caFile }: Pick<ServerAddress, 'caFile'>,
  { user }: Account,
  at: { host: string; port: number },
  parameters = `sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`,
): string => `postgresql://${user}@${at.host}:${at.port}/postgres?${parameters}`

/** Makes a connection from a URL, as a person does, and asks to connect; no password is saved. */
const connect = async (page: Page, name: string, url: string, password: string): Promise<void> => {
  await page.getByRole('banner').getByRole('button', { name: 'New connection' }).click()
  const editor = page.getByRole('dialog', { name: 'New connection' })
  await editor.getByLabel('Import from URL').fill(url)
  await editor.getByRole('button', { name: 'Fill in' }).click()
  await editor.getByLabel('Name', { exact: true }).fill(name)
  await editor.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: `Connect to ${name}`, exact: true }).click()
  const prompt = page.getByRole('dialog', { name: 'Password' })
  await prompt.getByLabel(/^Password/).fill(password)
  await prompt.getByRole('button', { name: 'Connect' }).click()
}

const owner = ({ superuser, password }: ServerAddress): Account => ({ user: superuser, password })

const openSession = async (page: Page, name: string, address: ServerAddress, at = address): Promise<void> => {
  await connect(page, name, urlOf(address, owner(address), at), address.password)
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
}

const openTable = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel('Filter objects by name').fill(name)
  await page.getByRole('treeitem', { name }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
}

const sql = async (address: ServerAddress, statement: string): Promise<void> => {
  const { host, port, superuser: user, password, ca } = address
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl: { ca } })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Backends of the console that run a statement of its own on a table. */
const waitingOn = async ({ host, port, superuser: user, password, ca }: ServerAddress, table: string) => {
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ssl: { ca } })
  await client.connect()
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
    await connect(page, 'Wrong password', urlOf(address, owner(address), address), 'not it')
    const prompt = page.getByRole('dialog', { name: 'Password' })
    await expect(prompt).toContainText(`does not accept this password for user "${address.superuser}"`)
    await expect(prompt).toContainText('Check user and password')
  })

  const certificates: [string, NonNullable<ServerOptions['tls']>, RegExp, RegExp][] = [
    [
      'expired',
      { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) },
      /expired/,
      /renew/i,
    ],
    ['self-signed', { selfSigned: true }, /self-signed|not signed|nobody|authority/i, /certificate|CA/],
    ['for another host', { hosts: ['db.example.test'] }, /127\.0\.0\.1/, /name|host|address/i],
  ]
  for (const [what, tls, message, remedy] of certificates) {
    test(`a certificate that is ${what}`, async ({ page, folder }) => {
      await using other = await launchServer(folder, { tls })
      const { address } = other
      await connect(page, `Certificate ${what}`, urlOf(address, owner(address), address), address.password)
      const prompt = page.getByRole('dialog', { name: 'Password' })
      await expect(prompt).toContainText(message)
      await expect(prompt).toContainText(remedy)
    })
  }

  test('a server without TLS', async ({ page, folder }) => {
    await using other = await launchServer(folder, { tls: false })
    const { address } = other
    await connect(page, 'No TLS', urlOf(address, owner(address), address), address.password)
    await expect(page.getByRole('dialog', { name: 'Password' })).toContainText(/TLS/)
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
  await connect(page, 'Revoked', urlOf(address, reader, address), reader.password)
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
  const { host, port, superuser: user, password, ca } = address
  const locker = new pg.Client({ host, port, user, password, database: 'postgres', ssl: { ca } })
  locker.on('error', () => undefined)
  await locker.connect()
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
