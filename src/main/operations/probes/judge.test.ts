import { describe, expect, test } from 'vitest'
import type { ProbeCell, ThresholdValues } from '../../../shared/operations.ts'
import { thresholdsOf } from '../operations.ts'
import type { Probe } from '../probe.ts'
import type { Server } from '../server.ts'
import { archiver } from './archiver.ts'
import { backups } from './backups.ts'
import { hba } from './hba.ts'
import { indexes } from './indexes.ts'
import { logging } from './logging.ts'
import { receiver } from './receiver.ts'
import { sequences } from './sequences.ts'
import { slots } from './slots.ts'
import { standbys } from './standbys.ts'
import { statements } from './statements.ts'
import { vacuum } from './vacuum.ts'
import { wraparound } from './wraparound.ts'

type Row = Record<string, ProbeCell>

const server: Server = {
  major: 18,
  user: 'dba',
  database: 'erp',
  seesAll: true,
  inRecovery: false,
  timeline: 1,
  systemIdentifier: '1',
  startedAt: '2026-11-26T00:00:00Z',
  extensions: new Map(),
  has: new Set(),
  ownTransactions: 0,
}

/** What the probe says of rows, each a change of a row on which all is well. */
const judgeOf =
  (probe: Probe, well: Row) =>
  (changes: Row[], values: ThresholdValues = {}): string[] => {
    const rows = changes.map((change) => ({ ...well, ...change }))
    const { findings } = probe.judge(rows, { server, thresholds: thresholdsOf(probe, values) })
    return findings.map(({ verdict, text }) => `${verdict}: ${text}`)
  }

const mega = 1024 ** 2

describe('standbys', () => {
  const judge = judgeOf(standbys, {
    pid: 1,
    name: 'b',
    address: null,
    user: null,
    kind: 'standby',
    state: 'streaming',
    syncState: 'async',
    slot: null,
    sentBehind: 0,
    writeBehind: 0,
    flushBehind: 0,
    replayBehind: 0,
    writeLag: null,
    flushLag: null,
    replayLag: null,
    repliedAt: null,
    since: null,
  })

  test.each([
    [{}, []],
    // The last lag that was measured says nothing once all is replayed.
    [{ replayLag: 4000 }, []],
    [{ replayBehind: 64 * mega }, ['warn: Standby "b" has 64 MB of WAL still to replay.']],
    [{ replayBehind: 1024 * mega }, ['critical: Standby "b" has 1.0 GB of WAL still to replay.']],
    [{ replayBehind: 1, replayLag: 300 }, ['critical: Standby "b" replays what was written 5 min ago.']],
    [
      { replayBehind: null, state: 'startup' },
      ['unknown: Standby "b" has not said how far it is (startup).'],
    ],
    [
      { kind: 'logical', replayBehind: 64 * mega },
      ['warn: Subscriber "b" has 64 MB of WAL still to replay.'],
    ],
    // A base backup replays nothing.
    [{ kind: 'backup', replayBehind: null }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))

  test('turn where the connection says so', () => {
    expect(judge([{ replayBehind: 64 * mega }], { 'standbys.lagWarn': 65 * mega })).toEqual([])
  })
})

describe('slots', () => {
  const judge = judgeOf(slots, {
    name: 's',
    kind: 'physical',
    database: null,
    plugin: null,
    isActive: true,
    isTemporary: false,
    walStatus: 'reserved',
    retained: 0,
    safe: null,
    inactiveSince: null,
    inactiveSeconds: null,
    invalidation: null,
    xminAge: null,
  })

  test.each([
    [{}, []],
    [{ isActive: false, inactiveSeconds: 60 }, []],
    [{ isActive: false, inactiveSeconds: 1800 }, ['warn: Slot "s" has not been used for 30 min.']],
    // Before 17 nobody knows since when.
    [{ isActive: false }, ['warn: Slot "s" is not used; since when, the server says from version 17 on.']],
    // One that never was used keeps nothing.
    [{ isActive: false, retained: null }, []],
    [
      { walStatus: 'unreserved' },
      ['critical: Slot "s" is about to be lost: the next checkpoint takes WAL away that it needs.'],
    ],
    [{ walStatus: 'lost' }, ['critical: Slot "s" is lost: WAL that it needs is gone.']],
    [
      { walStatus: 'reserved', invalidation: 'idle_timeout' },
      ['critical: Slot "s" is lost: WAL that it needs is gone (idle_timeout).'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})

describe('the receiver', () => {
  const judge = judgeOf(receiver, {
    status: 'streaming',
    sender: 'db-a:5432',
    slot: null,
    receivedLsn: '0/1',
    replayedLsn: '0/1',
    sentBehind: 0,
    unreplayed: 0,
    replayBehind: 0,
    lastReplayed: null,
    secondsBehind: 0,
    silence: 1,
    pause: 'not paused',
  })

  test.each([
    [{}, []],
    // The first commit after a quiet hour.
    [{ replayBehind: 4000, secondsBehind: 3600 }, []],
    [
      { replayBehind: 2 * mega, secondsBehind: 3600 },
      ['critical: The last commit replayed is 1 h old, and more is waiting.'],
    ],
    [{ silence: 61 }, ['warn: The sender has said nothing for 1 min 1 s.']],
    [
      { pause: 'pause requested' },
      ['critical: Replay is paused (pause requested): what arrives is not applied.'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})

describe('the archive', () => {
  const judge = judgeOf(archiver, {
    inRecovery: false,
    walLevel: 'replica',
    mode: 'on',
    isSet: true,
    archived: 10,
    failed: 0,
    lastArchived: '000000010000000000000001',
    lastArchivedAt: '2026-11-26T00:00:00Z',
    lastFailed: null,
    lastFailedAt: null,
    isFailing: false,
    age: 60,
    unarchived: 8 * mega,
    ready: 0,
  })

  test.each([
    [{}, []],
    // Nothing was written: nothing is missing.
    [{ age: 90_000, unarchived: 100 }, []],
    [{ age: 900 }, ['warn: The archive ends 15 min ago, with 8.0 MB written since.']],
    [{ age: 3600 }, ['critical: The archive ends 1 h ago, with 8.0 MB written since.']],
    [{ ready: 100 }, ['critical: 100 files of WAL wait for the archive.']],
    [
      { isSet: false },
      ['critical: archive_mode is on, and there is no archive_command or archive_library: WAL piles up.'],
    ],
    [{ mode: 'off' }, ['warn: WAL is not archived: nothing between two backups can be restored.']],
    [{ inRecovery: true, age: 90_000 }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})

describe('backups', () => {
  const hour = 3600
  const judge = judgeOf(backups, {
    id: '1',
    tool: 'pgbackrest',
    repository: 'erp/repo1',
    label: 'F',
    kind: 'full',
    outcome: 'succeeded',
    failure: null,
    startedAt: '',
    finishedAt: '',
    age: hour,
    bytes: null,
    storedBytes: null,
    verification: 'checksums',
    verifiedAt: '',
    verificationPassed: true,
    restoredAt: '',
    restorePassed: true,
    restoreDays: 10,
    isOfThisCluster: true,
    recordedBy: 'backup',
  })

  test.each([
    [[{}], []],
    [[], ['critical: No backup is recorded.']],
    [[{ isOfThisCluster: false }], ['critical: No good backup of this cluster is recorded.']],
    [[{ age: 24 * hour }], ['warn: The last good backup, F, is 24 h old.']],
    [[{ age: 72 * hour }], ['critical: The last good backup, F, is 3 d old.']],
    [
      [{ label: 'new', outcome: 'failed', failure: 'disk full', age: 1, restoreDays: null }, {}],
      ['warn: The last backup, new, failed: disk full.'],
    ],
    [[{ verificationPassed: false }], ['critical: F did not pass its verification.']],
    [[{ verification: 'sizes' }], ['ok: F was verified by sizes only, which finds no damaged file.']],
    [[{ restoreDays: null }], ['warn: No restore is recorded: nobody knows whether one works.']],
    [[{ restorePassed: false }], ['critical: The last restore, of F, failed.']],
    [[{ restoreDays: 91 }], ['warn: A restore was tried last 91 days ago.']],
    // One that runs is no news.
    [[{ outcome: 'running', age: null, restoreDays: null }, {}], []],
  ])('%o', (changes, found) => expect(judge(changes)).toEqual(found))
})

describe('statements', () => {
  const judge = judgeOf(statements, {
    queryId: '1',
    database: 'erp',
    user: 'app',
    query: 'select 1',
    calls: 20,
    share: 12,
    totalTime: 4000,
    meanTime: 200,
    maxTime: 300,
    spread: 1,
    planTime: 0,
    rows: 1,
    blocksHit: 0,
    blocksRead: 0,
    blocksWritten: 0,
    tempBlocks: 0,
    ioTime: 0,
    walBytes: 0,
    evictionsADay: 0,
    resetAt: null,
  })

  test.each([
    [{}, ['warn: A statement of app takes 200 ms on average, 12 % of all time.']],
    [{ calls: 19 }, []],
    [{ share: 0.5 }, []],
    [{ meanTime: 99 }, []],
    [
      { meanTime: 1, evictionsADay: 30 },
      ['warn: pg_stat_statements gives statements up 30 times a day: its figures are not whole.'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})

describe('vacuum', () => {
  const judge = judgeOf(vacuum, {
    table: 'public.orders',
    live: 100_000,
    dead: 0,
    deadPercent: 0,
    changedPercent: 0,
    changed: 0,
    inserted: 0,
    lastVacuum: null,
    lastAnalyze: null,
    analyzeDays: 1,
    autovacuum: true,
    mayMaintain: true,
  })

  test.each([
    [{}, []],
    [{ dead: 60_000, deadPercent: 60 }, ['warn: 60 % of public.orders are dead rows.']],
    // A small table is vacuumed when it is.
    [{ dead: 600, deadPercent: 60 }, []],
    [
      { changed: 20_000, changedPercent: 20, analyzeDays: 8 },
      ['warn: public.orders was analyzed 8 days ago, and 20 % of it changed since.'],
    ],
    [
      { changed: 20_000, changedPercent: 20, analyzeDays: null },
      ['warn: public.orders was never analyzed, and 20 % of it changed since.'],
    ],
    [{ changed: 5000, changedPercent: 5, analyzeDays: 100 }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})

describe('wraparound', () => {
  const judge = judgeOf(wraparound, {
    kind: 'table',
    name: 'public.orders',
    xids: 1000,
    multixacts: 1,
    usedPercent: 0,
    detail: null,
    pid: null,
    mayMaintain: true,
  })
  const holder = { kind: 'prepared', name: 'tx-7', xids: 600_000_000, multixacts: null, detail: 'app, erp' }

  test.each([
    [[{}], []],
    [
      [{ xids: 500_000_000 }],
      ['warn: Table public.orders is 500,000,000 of 2,147,483,648 transactions old.'],
    ],
    [
      [{ multixacts: 1_200_000_000 }],
      ['critical: Table public.orders is 1,200,000,000 of 2,147,483,648 transactions old.'],
    ],
    [
      [{ xids: 500_000_000 }, holder],
      [
        'warn: Table public.orders is 500,000,000 of 2,147,483,648 transactions old. The horizon is held by Prepared transaction tx-7 (app, erp).',
        'warn: Prepared transaction tx-7 (app, erp) keeps the dead rows of 600,000,000 transactions from VACUUM.',
      ],
    ],
  ])('%o', (changes, found) => expect(judge(changes)).toEqual(found))
})

describe('indexes and sequences', () => {
  const index = judgeOf(indexes, {
    kind: 'unused',
    table: 'public.orders',
    index: 'public.orders_note',
    other: null,
    columns: null,
    bytes: 20 * mega,
    rows: null,
    scans: 0,
    countedDays: 30,
    mayMaintain: true,
  })

  test.each([
    [{}, ['warn: public.orders_note (20 MB) was not used on this server for 30 days.']],
    [{ bytes: mega }, []],
    // The counters are of yesterday.
    [{ countedDays: 1 }, []],
    [{ kind: 'missing', index: null, other: 'public.customers', columns: 'customer', rows: 100 }, []],
  ])('%o', (change, found) => expect(index([change])).toEqual(found))

  test('no finding offers to drop what is only not used here', () => {
    const rows = [
      {
        kind: 'unused',
        table: 't',
        index: 'i',
        other: null,
        columns: null,
        bytes: 20 * mega,
        rows: null,
        scans: 0,
        countedDays: 30,
        mayMaintain: true,
      },
    ]
    const { findings } = indexes.judge(rows, { server, thresholds: thresholdsOf(indexes, {}) })
    expect(findings[0]?.remedies?.map(({ sql }) => sql)).toEqual([null])
  })

  test('sequences that the role may not see are not taken for unused', () => {
    const well = {
      sequence: 's',
      column: null,
      type: 'bigint',
      last: '7',
      limit: '100',
      usedPercent: 7,
      isReadable: true,
    }
    expect(judgeOf(sequences, well)([{}, { last: null, usedPercent: null, isReadable: false }])).toEqual([
      'not-checked: dba may not see the numbers of 1 sequence.',
    ])
  })
})

describe('access rules', () => {
  const judge = judgeOf(hba, {
    line: 3,
    file: null,
    type: 'hostssl',
    databases: ['all'],
    users: ['all'],
    address: '10.0.0.0',
    netmask: '255.0.0.0',
    method: 'scram-sha-256',
    error: null,
    isLoopback: false,
    clients: '[]',
  })
  const named = (method: string, type = 'hostssl') => `line 3: ${type} all all 10.0.0.0/8 ${method}`

  test.each([
    [{}, []],
    [{ method: 'trust' }, [`critical: ${named('trust')} lets everybody in without a password.`]],
    [
      { method: 'md5' },
      [`warn: ${named('md5')} takes md5, which is as good as the password for who reads it.`],
    ],
    [
      { method: 'password', type: 'host' },
      [`warn: ${named('password', 'host')} has passwords sent as they are.`],
    ],
    [{ type: 'host' }, [`warn: ${named('scram-sha-256', 'host')} lets sessions in without TLS.`]],
    [{ type: 'host', method: 'reject' }, []],
    [{ type: 'local', method: 'peer', address: null, netmask: null }, []],
    [
      { error: 'invalid authentication method "scam"' },
      [
        'critical: Line 3 of pg_hba.conf cannot be read (invalid authentication method "scam"): the server keeps the rules it had, and does not start with these.',
      ],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))

  test('name whom they decide about: you from where you are, programs from anywhere', () => {
    const clients = JSON.stringify([
      { user: 'dba', roles: [], from: '10.1.2.3', encrypted: true, isMe: true },
      { user: 'viruj_app_a', roles: ['viruj_service'], from: null, encrypted: true, isMe: false },
    ])
    const line = {
      line: 1,
      file: null,
      type: 'hostssl',
      databases: ['all'],
      users: ['+viruj_service'],
      address: '10.2.0.0',
      netmask: '255.255.0.0',
      method: 'scram-sha-256',
      error: null,
      isLoopback: false,
      clients,
    }
    const { rows } = hba.judge([line, { ...line, line: 2, users: ['all'], address: 'all', netmask: null }], {
      server,
      thresholds: {},
    })
    expect(rows.map(({ matches }) => matches)).toEqual([['viruj_app_a'], ['dba (you)', 'viruj_app_a']])
  })
})

describe('what reaches the log', () => {
  const judge = (settings: Record<string, string>) =>
    judgeOf(
      logging,
      {},
    )(
      Object.entries({
        log_statement: 'none',
        log_min_duration_statement: '-1',
        log_min_duration_sample: '-1',
        log_transaction_sample_rate: '0',
        log_parameter_max_length: '-1',
        log_parameter_max_length_on_error: '0',
        ...settings,
      }).map(([name, value]) => ({ name, value })),
    )

  test.each([
    [{}, []],
    [{ log_statement: 'ddl' }, []],
    [
      { log_statement: 'mod' },
      [
        'warn: log_statement = mod: what people write goes to the log with its values.',
        'warn: Statements that are logged bring their parameters along.',
      ],
    ],
    [
      { log_min_duration_statement: '1s' },
      ['warn: Statements that are logged bring their parameters along.'],
    ],
    [{ log_min_duration_statement: '1s', log_parameter_max_length: '0' }, []],
    [
      { log_parameter_max_length_on_error: '100B' },
      ['warn: Statements that fail are logged with their parameters.'],
    ],
  ])('%o', (settings, found) => expect(judge(settings)).toEqual(found))
})
