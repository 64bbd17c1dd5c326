import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { seedBaseline } from '../../src/main/sandbox/seed-baseline.ts'
import { cliProgram } from '../support/cli.ts'
import { createDatabase, createRole, startServer, type TestDatabase } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { profileOf } from '../support/session.ts'

/** The command as a person runs it. Its exit code and what it printed. */
const run = async (words: string[], url?: string, home = newHome()) => {
  const env = {
    PATH: process.env.PATH,
    VIRUJ_CONSOLE_HOME: home,
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cliProgram, 'seed', ...words], { env })
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

const options = {
  plants: ['HYD-1', 'LYO-1'],
  sites: ['packaging', 'qc-lab'],
  withDocuments: true,
  reason: 'A test',
}

describe('viruj-console seed', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    await applySchema(await database.client())
  })
  afterAll(() => database.drop())

  test('adds metadata and documents once, and leaves alone what is there', async () => {
    const client = await database.client()
    await client.query(
      `set audit.reason = 'A test'; insert into metadata (plant, key, value) values ('LYO-1', 'time_zone', '"Europe/Paris"')`,
    )
    const values = 2 * (4 + 2 * 30)
    expect(await seedBaseline(client, options)).toEqual({
      metadata: { added: values - 1, kept: 1 },
      documents: { added: 12, kept: 0 },
    })
    const state = async () =>
      (
        await client.query(`
          select (select md5(string_agg(m::text, ' ' order by id)) from metadata m) as metadata,
                 (select md5(string_agg(d::text, ' ' order by id)) from documents d) as documents,
                 (select count(*)::int from users) as users`)
      ).rows
    const before = await state()
    expect(await seedBaseline(client, options)).toEqual({
      metadata: { added: 0, kept: values },
      documents: { added: 0, kept: 12 },
    })
    expect(await state()).toEqual(before)
    const { rows } = await client.query(`
      select (select value from metadata where plant = 'LYO-1' and key = 'time_zone') as zone,
             (select string_agg(distinct state, ' ') from documents) as states`)
    // No bucket has the bytes of a sample: it is not stored.
    expect(rows).toEqual([{ zone: 'Europe/Paris', states: 'pending' }])
  })

  test('adds no document where metadata alone is asked for', async () => {
    await using other = await createDatabase()
    const client = await other.client()
    await applySchema(client)
    await seedBaseline(client, { ...options, withDocuments: false })
    const { rows } = await client.query(
      'select (select count(*)::int from documents) as documents, (select count(*)::int from users) as users',
    )
    expect(rows).toEqual([{ documents: 0, users: 0 }])
  })

  test('is done by two at the same moment as by one', async () => {
    await using other = await createDatabase()
    await applySchema(await other.client())
    const both = await Promise.all(
      [await other.client(), await other.client()].map((client) => seedBaseline(client, options)),
    )
    expect(both[0]?.metadata.added).toBe(128 - (both[1]?.metadata.added ?? 0))
    expect(both[0]?.documents.added).toBe(12 - (both[1]?.documents.added ?? 0))
  })

  test('leaves nothing half done when the role may not write all of it', async () => {
    await using other = await createDatabase()
    const owner = await other.client()
    await applySchema(owner)
    await owner.query('revoke insert on users from viruj_dba')
    await using dba = await createRole({ as: 'in role viruj_dba' })
    await expect(seedBaseline(await other.client(dba), options)).rejects.toMatchObject({ code: '42501' })
    expect((await owner.query('select from metadata')).rowCount).toBe(0)
    await other.drop()
  })

  test('is a command that says what it added, to people and to programs', async () => {
    await using other = await createDatabase()
    await applySchema(await other.client())
    expect(await run(['--plants', 'GOA-1,AHM-1', '--sites', 'packaging'], other.url)).toEqual({
      code: 0,
      stdout: 'Metadata: 68 added, 0 there before.\nSample documents: 6 added, 0 there before.\n',
      stderr: '',
    })
    const again = await run(
      ['--plants', 'GOA-1', '--sites', 'packaging,qc-lab', '--no-documents', '--json'],
      other.url,
    )
    expect(JSON.parse(again.stdout)).toEqual({
      metadata: { added: 30, kept: 34 },
      documents: { added: 0, kept: 0 },
    })
    await using reviewer = await createRole({ as: 'in role viruj_reviewer' })
    const url = other.url.replace(/\/\/.*@/, `//${reviewer.user}:${reviewer.password}@`)
    expect(await run([], url)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('metadata'),
    })
    await other.drop()
  })

  test.each([
    [[], 'No database was named. Set DATABASE_URL, or name a connection with --profile.\n'],
    [['--profile', 'ERP'], 'There is no connection "ERP". Name one that the console lists.\n'],
    [['--plants', 'Goa'], /--plants takes names with commas between them, not "Goa"/],
    [['--everything'], /Unknown option '--everything'/],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await run(words)
    expect(code).toBe(1)
    if (typeof message === 'string') expect(stderr).toBe(message)
    else expect(stderr).toMatch(message)
  })

  test('obeys the connection it is given: read-only stays so, production wants its name', async () => {
    await using server = await startServer({ hba: ['host all all 127.0.0.1/32 trust'], tls: false })
    await using other = await createDatabase({ on: server.address })
    await applySchema(await other.client())
    const home = newHome()
    const profiles = ['development', 'production', 'read-only'].map((name) => ({
      ...profileOf(other, { tlsMode: 'disable', caFile: null }),
      id: name,
      name,
      environment: name === 'production' ? 'production' : 'development',
      readOnly: name === 'read-only',
    }))
    writeFileSync(join(home, 'profiles.json'), JSON.stringify({ version: 1, profiles }))
    const seeded = async () => (await (await other.client()).query('select from metadata')).rowCount
    for (const [words, said] of [
      [['--profile', 'read-only'], 'read-only'],
      [['--profile', 'production'], 'This is production'],
      [['--profile', 'production', '--confirm', 'viruj'], 'This is production'],
    ] as const) {
      expect(await run([...words], undefined, home)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(said),
      })
    }
    expect(await seeded()).toBe(0)
    const confirmed = ['--profile', 'production', '--confirm', other.database]
    expect(await run(confirmed, undefined, home)).toMatchObject({ code: 0, stderr: '' })
    expect(await run(['--profile', 'development'], undefined, home)).toMatchObject({ code: 0 })
    expect(await seeded()).toBe(124)
  })

  test('says what is missing in a database that was not migrated', async () => {
    await using empty = await createDatabase()
    await expect(seedBaseline(await empty.client(), options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      remedy: expect.stringContaining('migrate up'),
    })
  })
})
