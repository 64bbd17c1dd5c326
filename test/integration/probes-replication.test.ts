import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOperations } from '../../src/main/operations/operations.ts'
import { probes } from '../../src/main/operations/probes.ts'
import { prober } from '../support/operations.ts'
import { createDatabase, startServer, type TestDatabase, type TestServer } from '../support/postgres.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'
import { follow, replicationHba } from '../support/standby.ts'

const mega = 1024 ** 2

let primary: TestServer
let standby: TestServer
let database: TestDatabase
let client: pg.Client
let onPrimary: TestSession
let onStandby: TestSession
let standbyClient: pg.Client

/** The files of a standby are its primary's, the certificate among them. */
const clientOfStandby = async (): Promise<pg.Client> => {
  const { host, user, password, database: name } = database
  const ssl = { ca: primary.address.ca }
  const { port } = standby.address
  const connected = new pg.Client({ host, port, user, password, database: name, ssl })
  connected.on('error', () => undefined)
  await connected.connect()
  return connected
}

/** The primary restarts: sessions begin anew with it. */
const beginFollowing = async () => {
  await follow(standby, primary, {
    name: 'second',
    settings: { primary_slot_name: 'second', wal_retrieve_retry_interval: '100ms' },
  })
  client = await database.client()
  onPrimary = await openTestSession(database)
  onStandby = await openTestSession({ ...database, port: standby.address.port })
  standbyClient = await clientOfStandby()
}

beforeAll(async () => {
  primary = await startServer({
    version: 17,
    hba: replicationHba,
    settings: {
      // Neither pg_stat_statements, nor anything that writes by itself.
      shared_preload_libraries: '',
      autovacuum: false,
      archive_mode: true,
      archive_command: '/bin/true',
      archive_timeout: 0,
    },
  })
  standby = await startServer({ version: 17, hba: replicationHba })
  database = await createDatabase({ on: primary.address })
  await (await database.client()).query(`select pg_create_physical_replication_slot('second', true)`)
  await beginFollowing()
})

afterAll(async () => {
  await onPrimary?.close('user')
  await onStandby?.close('user')
  await standbyClient?.end()
  await standby?.stop()
  await primary?.stop()
})

/** A switch leaves the rest of a segment of 16 MB empty, and it counts. */
const write = (segments: number) =>
  client.query(
    `do $$ begin for n in 1..${segments} loop perform pg_logical_emit_message(false, 'a', 'b'); perform pg_switch_wal(); end loop; end $$`,
  )

const set = async (on: pg.Client, name: string, value: string) => {
  await on.query(`alter system set ${name} = '${value}'`)
  await on.query('select pg_reload_conf()')
}

const reset = async (on: pg.Client, name: string) => {
  await on.query(`alter system reset ${name}`)
  await on.query('select pg_reload_conf()')
}

const caughtUp = () =>
  expect
    .poll(async () => {
      const [row] = (await prober(onStandby)('receiver')).rows
      return [row?.status, row?.replayBehind, row?.pause]
    })
    .toEqual(['streaming', 0, 'not paused'])

test('the standby of an idle primary is not behind, however old its last transaction is', async () => {
  await client.query('create table if not exists a (id int)')
  await caughtUp()
  // What others take for lag: it grows for as long as nothing is written.
  await expect
    .poll(async () => {
      const { rows } = await standbyClient.query<{ naive: number }>(
        'select extract(epoch from now() - pg_last_xact_replay_timestamp())::float8 as naive',
      )
      return rows[0]?.naive
    })
    .toBeGreaterThan(1)
  const strict = { 'receiver.secondsFrom': 0, 'receiver.secondsWarn': 0.5, 'standbys.secondsWarn': 0.5 }
  expect(await prober(onStandby)('receiver', strict)).toMatchObject({
    verdict: 'ok',
    rows: [{ replayBehind: 0, secondsBehind: 0 }],
  })
  const seen = await prober(onPrimary)('standbys', strict)
  expect(seen).toMatchObject({ verdict: 'ok', rows: [{ name: 'second', replayBehind: 0, slot: 'second' }] })
  expect((await prober(onPrimary)('receiver')).summary).toBe('This server is a primary: it receives no WAL.')
})

test('a standby whose receiver is cut off is never 0 behind, neither here nor there', async () => {
  await caughtUp()
  const conninfo = (await standbyClient.query('show primary_conninfo')).rows[0]?.primary_conninfo
  await set(standbyClient, 'primary_conninfo', '')
  try {
    await expect.poll(async () => (await prober(onPrimary)('standbys')).rows.length).toBe(0)
    await write(2)
    // All that it received it has replayed: by that, others say 0.
    const { rows } = await standbyClient.query<{ naive: boolean }>(
      'select pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() as naive',
    )
    expect(rows[0]?.naive).toBe(true)
    const there = await prober(onStandby)('receiver')
    expect(there).toMatchObject({
      verdict: 'critical',
      summary: 'How far this standby is behind is not known.',
      rows: [{ replayBehind: null, secondsBehind: null }],
      findings: [{ text: expect.stringContaining('No WAL is streamed to this standby (no receiver)') }],
    })
    expect((await prober(onStandby)('metrics')).rows[0]?.receiverBytes).toBeNull()

    const here = await prober(onPrimary)('slots', {
      'slots.retainedWarn': 16 * mega,
      'slots.inactiveWarn': 0,
    })
    expect(here.verdict).toBe('warn')
    expect(Number(here.rows[0]?.retained)).toBeGreaterThan(16 * mega)
    expect(here.findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Slot "second" keeps \d\d MB of WAL, and nobody uses it\.$/),
      expect.stringMatching(/^Slot "second" has not been used for /),
    ])
    expect((await prober(onPrimary)('metrics')).rows[0]?.standbyBytes).toBeNull()
  } finally {
    await set(standbyClient, 'primary_conninfo', conninfo)
  }
  await caughtUp()
})

test('a standby whose replay is paused is told on both servers, and resumed by the SQL that is offered', async () => {
  await caughtUp()
  await standbyClient.query('select pg_wal_replay_pause()')
  await write(5)
  await expect
    .poll(async () => {
      const { rows } = await prober(onPrimary)('standbys')
      return Number(rows[0]?.replayBehind)
    })
    .toBeGreaterThan(64 * mega)
  expect(await prober(onPrimary)('standbys')).toMatchObject({
    verdict: 'warn',
    findings: [
      {
        text: expect.stringMatching(/^Standby "second" has \d\d MB of WAL still to replay\.$/),
        threshold: { key: 'lagWarn', value: 64 * mega, unit: 'bytes' },
      },
    ],
  })
  // The standby knows what its sender last spoke of.
  await expect
    .poll(async () => Number((await prober(onStandby)('receiver')).rows[0]?.replayBehind))
    .toBeGreaterThan(64 * mega)
  const paused = await prober(onStandby)('receiver')
  expect(paused.verdict).toBe('critical')
  expect(paused.findings[0]?.text).toBe('Replay is paused (paused): what arrives is not applied.')
  await standbyClient.query(paused.findings[0]?.remedies[0]?.sql ?? '')
  await caughtUp()
  expect((await prober(onStandby)('receiver')).verdict).toBe('ok')
})

test('a standby that disappears is gone from the list, and its slot says so; one that is promoted is a primary at the next poll', async () => {
  await caughtUp()
  const standbys = () => prober(onPrimary)('standbys')
  // The screen's session stays the same over both.
  const poll = prober(onStandby)
  expect((await poll('receiver')).rows.length).toBe(1)
  await standbyClient.query('select pg_promote(true, 60)')
  expect(await poll('receiver')).toMatchObject({
    verdict: 'ok',
    summary: 'This server is a primary: it receives no WAL.',
    rows: [],
  })
  const operations = createOperations(onStandby)
  expect(await operations.run({ ids: ['metrics'], thresholds: {} }, noAbort())).toMatchObject({
    server: { inRecovery: false, timeline: 2 },
    reports: [{ rows: [{ receiverBytes: null }] }],
  })
  await expect.poll(async () => (await standbys()).rows.length).toBe(0)
  const slots = await prober(onPrimary)('slots', { 'slots.inactiveWarn': 0 })
  expect(slots.findings.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^Slot "second" has not been used for /),
  )

  // Again a standby, for the others.
  await onStandby.close('user')
  await standbyClient.end()
  await onPrimary.close('user')
  await beginFollowing()
})

test('a slot that lost its WAL is critical, and goes by the SQL that is offered', async () => {
  await client.query(`select pg_create_physical_replication_slot('away', true)`)
  await set(client, 'max_slot_wal_keep_size', '16MB')
  const away = async () => {
    const report = await prober(onPrimary)('slots')
    const at = report.rows.findIndex(({ name }) => name === 'away')
    return { row: report.rows[at], finding: report.findings.find(({ row }) => row === at) }
  }
  try {
    await write(4)
    await client.query('checkpoint')
    await expect.poll(async () => (await away()).row?.walStatus).toBe('lost')
    const { finding } = await away()
    expect(finding).toMatchObject({
      verdict: 'critical',
      text: 'Slot "away" is lost: WAL that it needs is gone (wal_removed).',
    })
    await client.query(finding?.remedies[0]?.sql ?? '')
    expect((await away()).row).toBeUndefined()
  } finally {
    await reset(client, 'max_slot_wal_keep_size')
  }
})

test('an archive command that fails is critical until it is mended', async () => {
  const archive = () => prober(onPrimary)('archiver')
  await write(1)
  await expect.poll(async () => (await archive()).rows[0]?.ready).toBe(0)
  expect((await archive()).verdict).toBe('ok')
  await set(client, 'archive_command', '/bin/false')
  try {
    await write(1)
    await expect.poll(async () => (await archive()).rows[0]?.isFailing).toBe(true)
    expect(await archive()).toMatchObject({
      verdict: 'critical',
      rows: [{ ready: expect.any(Number) }],
      findings: [{ text: expect.stringMatching(/^The archive command fails, last for 0000/) }],
    })
    expect(Number((await archive()).rows[0]?.unarchived)).toBeGreaterThan(15 * mega)
  } finally {
    await reset(client, 'archive_command')
  }
  await write(1)
  await expect.poll(async () => (await archive()).verdict, { timeout: 20_000 }).toBe('ok')
  expect((await archive()).summary).toMatch(/^Recoverable to [\d.]+ s ago\.$/)
})

test('no probe takes a transaction number', async () => {
  const next = async (): Promise<string> =>
    (await client.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next')).rows[0]?.next
  const before = await next()
  for (const { id } of probes) await prober(onPrimary)(id)
  expect(await next()).toBe(before)
})

test('every probe also answers on a standby', async () => {
  for (const { id } of probes) expect([id, (await prober(onStandby)(id)).error]).toEqual([id, null])
})

// After those of all probes: a standby gets the extension, too, and which moment it does is its own.
test('a library that the server does not load is not checked, and the restart is named', async () => {
  await client.query('create extension if not exists pg_stat_statements')
  expect(await prober(onPrimary)('statements')).toMatchObject({
    verdict: 'not-checked',
    findings: [{ remedies: [{ text: expect.stringContaining('restart the server') }] }],
  })
})
