import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import pg from 'pg'
import { launchServer, type ServerAddress, type TestServer } from '../support/postgres.ts'
import { type ServedConsole, serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

type Servers = {
  /** A PostgreSQL server that all tests of a file share: they leave it as they found it. */
  server: TestServer
  /** A console of its own home, whose connections are made by the tests. */
  served: ServedConsole
  folder: string
}

/** A server and a console of the file's own; `page` has come through a link of its own and shows the connect screen. */
export const test = base.extend<object, Servers>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'console-own-server-'))
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

export type Account = { user: string; password: string }

export const ownerOf = ({ superuser, password }: ServerAddress): Account => ({ user: superuser, password })

/** The URL of a server for a user, without the password; `at`: where it is reached, when that is not where it listens. */
export const urlOf = (address: ServerAddress, { user }: Account, { host, port } = address): string =>
  `postgresql://${user}@${host}:${port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(address.caFile)}`

/** A client beside the console; that its server ends is for the test to see elsewhere. */
export const clientOf = async (
  address: ServerAddress,
  as: Account = ownerOf(address),
  database = 'postgres',
): Promise<pg.Client> => {
  const { host, port, ca } = address
  const client = new pg.Client({ host, port, ...as, database, ssl: { ca } })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
