import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import type { Profile } from '../../src/shared/profiles.ts'
import { createDatabase, launchServer, type TestDatabase } from '../support/postgres.ts'
import { profileOf } from '../support/session.ts'
import { serveConsole } from './serve.ts'

export { expect } from '@playwright/test'

/** Small files of our own: each test sees all of them. */
const files = {
  '0001_people.up.sql': `create table person (
  id   bigint generated always as identity primary key,
  name text not null
);
create table old_note (id bigint primary key, text text);
`,
  '0001_people.down.sql': 'drop table old_note;\ndrop table person;\n',
  '0002_plant.up.sql': `create table plant (code text primary key);
alter table person add plant text references plant;
`,
  '0002_plant.down.sql': 'alter table person drop plant;\ndrop table plant;\n',
  '0003_email.up.sql': 'alter table person add email text;\n',
  '0003_email.down.sql': 'alter table person drop email;\n',
}

/** Takes a table with its rows away: its name is asked for. */
export const destructive = {
  '0004_no_notes.up.sql': 'drop table old_note;\n',
  '0004_no_notes.down.sql': 'create table old_note (id bigint primary key, text text);\n',
}

/** A database and a folder of migrations of one test's own, with a connection to it that may write. */
export type MigrationsTarget = {
  database: TestDatabase
  /** The connection's name. */
  name: string
  /** Adds files, or changes them. */
  write(changes: Readonly<Record<string, string>>): void
  /** Through a link of its own into a new session, and there into the Migrations screen. */
  enter(page: Page): Promise<void>
  /** Through a link of its own into the session that is open already. */
  enterAgain(page: Page): Promise<void>
}

type MigrationsConsole = {
  target(environment?: Profile['environment'], changes?: Partial<Profile>): Promise<MigrationsTarget>
}

const openScreen = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Migrations' }).click()
  await expect(page.getByRole('listbox', { name: 'Migrations' })).toBeVisible()
}

/** One server and one console for all tests of a file. */
export const test = base.extend<object, { migrating: MigrationsConsole }>({
  migrating: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'console-migrations-'))
      const home = join(folder, 'home')
      mkdirSync(home, { mode: 0o700 })
      const server = await launchServer(folder)
      const served = await serveConsole(['--home', home, '--no-sandbox'])
      const profiles: Profile[] = []
      try {
        await use({
          async target(environment = 'development', changes = {}) {
            const database = await createDatabase({ on: server.address })
            const migrationsFolder = mkdtempSync(join(folder, 'files-'))
            const write = (written: Readonly<Record<string, string>>) => {
              for (const [name, sql] of Object.entries(written))
                writeFileSync(join(migrationsFolder, name), sql)
            }
            write(files)
            const name = `Plant ${profiles.length + 1}`
            const id = `plant-${profiles.length + 1}`
            profiles.push(
              profileOf(database, { id, name, environment, readOnly: false, migrationsFolder, ...changes }),
            )
            writeFileSync(join(home, 'profiles.json'), JSON.stringify({ version: 1, profiles }), {
              mode: 0o600,
            })
            return {
              database,
              name,
              write,
              async enter(page) {
                await page.goto(await served.link())
                await page.getByRole('button', { name: `Connect to ${name}` }).click()
                await page.getByRole('dialog').getByRole('textbox').fill(database.password)
                await page.keyboard.press('Enter')
                await openScreen(page)
              },
              async enterAgain(page) {
                await page.goto(await served.link())
                await page.getByRole('region', { name: 'Open sessions' }).getByRole('link', { name }).click()
                await openScreen(page)
              },
            }
          },
        })
      } finally {
        await served.stop()
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})
