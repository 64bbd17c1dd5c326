import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { probes } from '../../src/main/operations/probes.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { cliProgram } from '../support/cli.ts'
import { backupIn, doctorIn } from '../support/command.ts'
import {
  createDatabase,
  createRole,
  startServer,
  type TestDatabase,
  type TestRole,
} from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { profileOf } from '../support/session.ts'

let database: TestDatabase
let dba: TestRole
let url: string

beforeAll(async () => {
  database = await createDatabase()
  await applySchema(await database.client())
  dba = await createRole({ as: 'in role viruj_dba' })
  url = database.url.replace(`${database.user}:${database.password}`, `${dba.user}:${dba.password}`)
})
afterAll(async () => {
  await database.drop()
  await dba.drop()
})

const hour = 3600
const seconds = (ago: number) => Math.floor(Date.now() / 1000) - ago

/** `pgbackrest info --output=json` of a full backup that ended some time ago. */
const info = (label: string, ago: number, changes = '') =>
  `[{"name":"erp","db":[{"id":1,"repo-key":1,"system-id":7571399283744912345}],"backup":[
    {"label":"${label}","type":"full","database":{"id":1,"repo-key":1},"timestamp":{"start":${seconds(ago + 60)},"stop":${seconds(ago)}},
     "info":{"size":48118890,"repository":{"delta":6020141,"size":6020141}}${changes}}]}]`

const file = (content: string): string => {
  const path = join(inject('runFolder'), `report-${randomUUID()}.json`)
  writeFileSync(path, content)
  return path
}

const rows = async () =>
  (
    await (
      await database.client()
    ).query(
      'select label, outcome, system_identifier::text as cluster, verification, verification_passed as verified, restore_passed as restored from ops.backup_run order by id',
    )
  ).rows

test('a report of backups is recorded once, its changes are, and each with its reason in the audit trail', async () => {
  const client = await database.client()
  const events = async () =>
    (
      await client.query(
        `select op, reason, actor from audit.event where table_name = 'backup_run' and op in ('INSERT', 'UPDATE') order by id`,
      )
    ).rows
  const report = info('20261122-010003F', hour)
  const first = await backupIn(['record', '--file', file(report), '--json'], url)
  expect(JSON.parse(first.stdout)).toEqual({
    tool: 'pgbackrest',
    recorded: [{ repository: 'erp/repo1', label: '20261122-010003F', outcome: 'added' }],
  })
  expect(await rows()).toMatchObject([
    { label: '20261122-010003F', outcome: 'succeeded', cluster: '7571399283744912345', verification: null },
  ])

  const again = await backupIn(['record', '--file', file(report)], url)
  expect(again.stdout).toBe('pgbackrest: 0 added, 0 changed, 1 known before.')
  expect((await events()).length).toBe(1)

  const damaged = info('20261122-010003F', hour, ',"error":true')
  const changed = await backupIn(['record', '--file', file(damaged), '--reason', 'Nightly job'], url)
  expect(changed.stdout).toBe('pgbackrest: 0 added, 1 changed, 0 known before.')
  expect(await rows()).toMatchObject([{ verification: 'checksums', verified: false }])
  expect(await events()).toMatchObject([
    { op: 'INSERT', reason: 'Report of the backup job', actor: dba.user },
    { op: 'UPDATE', reason: 'Nightly job', actor: dba.user },
  ])

  // A report that says less takes nothing away.
  await backupIn(['record', '--file', file(report)], url)
  expect(await rows()).toMatchObject([{ verification: 'checksums', verified: false }])

  const name = ['--tool', 'pgbackrest', '--repository', 'erp/repo1']
  await backupIn(['verified', '20261122-010003F', ...name, '--by', 'checksums'], url)
  const restored = await backupIn(['restored', '20261122-010003F', ...name], url)
  expect(restored.stdout).toBe('20261122-010003F: restored, passed.')
  expect(await rows()).toMatchObject([{ verified: true, restored: true }])
  await expect(backupIn(['restored', 'nothing', ...name], url)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a report comes through a pipe, and one that was cut off changes nothing', async () => {
  const before = await rows()
  const piped = (input: string) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = { PATH: process.env.PATH, VIRUJ_CONSOLE_HOME: newHome(), DATABASE_URL: url }
      const child = execFile(
        process.execPath,
        [cliProgram, 'backup', 'record'],
        { env },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      )
      child.stdin?.end(input)
    })
  const report = info('20261123-010003F', hour)
  expect(await piped(report.slice(0, -20))).toEqual({
    code: 1,
    output: expect.stringContaining('What was given is not JSON.'),
  })
  expect(await rows()).toEqual(before)
  expect(await piped(report)).toEqual({
    code: 0,
    output: 'pgbackrest: 1 added, 0 changed, 0 known before.\n',
  })
})

test('who may not record backups is told the way', async () => {
  await using stranger = await createRole({ as: 'in role viruj_operator' })
  const strange = url.replace(`${dba.user}:${dba.password}`, `${stranger.user}:${stranger.password}`)
  await expect(backupIn(['record', '--file', file(info('x', 1))], strange)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    remedy: expect.stringContaining('viruj_dba'),
  })
  await expect(backupIn(['record', '--file', file('{}')], url)).rejects.toThrow('none of the tools')
})

test('the doctor ends by the worst verdict, and prints what mends it', async () => {
  const only = async (id: string, as = url) => doctorIn(['--probe', id], as)
  const fine = await only('locks', database.url)
  expect(fine).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok +Blocking {2}/) })

  const hidden = await only('locks')
  expect(hidden.code).toBe(5)
  expect(hidden.stdout).toMatch(/^not checked {2}Blocking {2}Not checked: /)
  expect(hidden.stdout).toContain(`> GRANT pg_monitor TO "${dba.user}";`)

  const fsync = await only('settings')
  expect(fsync.code).toBe(3)
  expect(fsync.stdout).toContain(`> ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf();`)
  // Without a terminal there are no colours.
  expect(fsync.stdout).not.toContain('\u001b')

  const warned = await only('archiver', database.url)
  expect(warned.code).toBe(2)
})

test('the doctor asks all probes of a cadence, and keeps statements to itself', async () => {
  const client = await database.client()
  await client.query(`select 'Maria Novak' as patient`)
  const live = await doctorIn(['--cadence', 'live', '--json'], database.url)
  const { verdict, server, reports } = JSON.parse(live.stdout)
  expect(reports.map(({ id }: { id: string }) => id)).toEqual(
    probes.filter(({ cadence }) => cadence === 'live').map(({ id }) => id),
  )
  expect(server).toMatchObject({ database: database.database, inRecovery: false, timeline: 1 })
  expect(['ok', 'warn', 'critical']).toContain(verdict)
  expect(live.stdout).not.toContain('Novak')
  const asked = await doctorIn(['--probe', 'backends', '--statements', '--json'], database.url)
  expect(asked.stdout).toContain('Novak')
  await expect(doctorIn(['--cadence', 'monthly'], database.url)).rejects.toThrow('--cadence takes live')
  await expect(doctorIn(['--probe', 'nothing'], database.url)).rejects.toThrow('There is no probe "nothing".')
})

test('the thresholds of a connection decide', async () => {
  // A connection's password is in the keychain, which this has none of.
  await using server = await startServer({ hba: ['host all all 127.0.0.1/32 trust'] })
  await using trusting = await createDatabase({ on: server.address })
  const home = newHome()
  const connections = async (thresholds: Record<string, number>) => {
    const profile = profileOf(trusting, { name: 'erp', thresholds })
    writeFileSync(join(home, 'profiles.json'), JSON.stringify({ version: 1, profiles: [profile] }))
    const { code, stdout } = await doctorIn(
      ['--probe', 'connections', '--profile', 'erp', '--json', '--home', home],
      undefined,
      home,
    )
    return { code, findings: JSON.parse(stdout).reports[0].findings }
  }
  expect(await connections({})).toEqual({ code: 0, findings: [] })
  expect(await connections({ 'connections.usedWarn': 0.1 })).toMatchObject({
    code: 2,
    findings: [{ threshold: { key: 'usedWarn', unit: 'percent', value: 0.1, standard: 80 } }],
  })
  await expect(connections({ 'connections.usedwarn': 1 })).rejects.toThrow(
    'The connection has a value for "connections.usedwarn", and no probe has such a threshold.',
  )
})
