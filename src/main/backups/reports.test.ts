import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readBackups, toolOf } from './backups.ts'
import type { BackupTool } from './report.ts'

const none = { label: null as string | null, repository: '' }
const read = (tool: BackupTool, report: unknown, named = none) =>
  readBackups(tool, typeof report === 'string' ? report : JSON.stringify(report), named)

/** Not as an object: JavaScript would round the cluster's identifier. */
const pgbackrest = `[{"archive":[],"backup":[
  {"archive":{"start":"000000020000000A00000012","stop":"000000020000000A00000013"},"backrest":{"format":5,"version":"2.55.0"},
   "database":{"id":2,"repo-key":1},"error":false,
   "info":{"delta":48118890,"repository":{"delta":6020141,"size":6020141},"size":48118890},
   "label":"20261122-010003F","lsn":{"start":"A/12000028","stop":"A/13000050"},"prior":null,"reference":null,
   "timestamp":{"start":1795309203,"stop":1795309262},"type":"full"},
  {"archive":{"start":"000000020000000A00000020","stop":"000000020000000A00000020"},"backrest":{"format":5,"version":"2.55.0"},
   "database":{"id":2,"repo-key":1},"error":true,"error-list":["base/16401/2619"],
   "info":{"delta":9902,"repository":{"delta":925,"delta-map":12,"size-map":100},"size":48119000},
   "label":"20261122-010003F_20261123-010002I","lsn":{"start":"A/20000028","stop":"A/20000100"},"prior":"20261122-010003F","reference":["20261122-010003F"],
   "timestamp":{"start":1795395602,"stop":1795395610},"type":"incr"}],
  "cipher":"none","db":[{"id":1,"repo-key":1,"system-id":7000000000000000001,"version":"15"},{"id":2,"repo-key":1,"system-id":7571399283744912345,"version":"16"}],
  "name":"erp","repo":[{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]`

describe('a report of pgBackRest', () => {
  test('has the backups of each stanza, with the cluster that each is of, to its last digit', () => {
    expect(toolOf(pgbackrest)).toBe('pgbackrest')
    const [full, incremental] = read('pgbackrest', pgbackrest)
    expect(full).toMatchObject({
      repository: 'erp/repo1',
      label: '20261122-010003F',
      kind: 'full',
      outcome: 'succeeded',
      startedAt: new Date('2026-11-22T01:00:03Z'),
      finishedAt: new Date('2026-11-22T01:01:02Z'),
      bytes: '48118890',
      storedBytes: '6020141',
      timeline: 2,
      startLsn: 'A/12000028',
      stopLsn: 'A/13000050',
      systemIdentifier: '7571399283744912345',
      verification: null,
    })
    expect(incremental).toMatchObject({
      kind: 'incremental',
      storedBytes: '925',
      // A page did not match its checksum.
      verification: { kind: 'checksums', passed: false },
    })
  })
})

describe('a report of WAL-G', () => {
  const list = `[{"backup_name":"base_00000003000000020000007E","modified":"2026-11-22T01:10:00Z","wal_file_name":"00000003000000020000007E",
    "storage_name":"default","start_time":"2026-11-22T01:00:00.123456Z","finish_time":"2026-11-22T01:10:00.5Z","date_fmt":"%Y-%m-%dT%H:%M:%S.%fZ",
    "hostname":"db-a","data_dir":"/data","pg_version":160004,"start_lsn":10703863848,"finish_lsn":10720641320,"is_permanent":false,
    "system_identifier":7571399283744912345,"uncompressed_size":24037844,"compressed_size":6691164},
   {"backup_name":"base_000000030000000200000090_D_00000003000000020000007E","wal_file_name":"000000030000000200000090","storage_name":"cold",
    "start_time":"2026-11-23T01:00:00Z","finish_time":"2026-11-23T01:01:00Z","start_lsn":11005853736,"finish_lsn":11005853992}]`

  test('has positions as PostgreSQL writes them, and knows deltas by their names', () => {
    expect(toolOf(list)).toBe('wal-g')
    expect(read('wal-g', list)).toMatchObject([
      {
        repository: '',
        kind: 'full',
        startedAt: new Date('2026-11-22T01:00:00.123Z'),
        timeline: 3,
        startLsn: '2/7E000028',
        stopLsn: '2/7F000128',
        systemIdentifier: '7571399283744912345',
        bytes: '24037844',
        storedBytes: '6691164',
      },
      {
        repository: 'cold',
        kind: 'incremental',
        startLsn: '2/90000028',
        systemIdentifier: null,
        bytes: null,
      },
    ])
  })
})

describe('a report of Barman', () => {
  const one = {
    erp: {
      backup_id: '20261122T010003',
      status: 'DONE',
      postgresql_version: 160004,
      base_backup_information: {
        disk_usage: '45.9 MiB',
        disk_usage_bytes: 48118890,
        incremental_size_bytes: 1048576,
        timeline: 1,
        begin_time_timestamp: '1795309203',
        end_time_timestamp: '1795309262',
        begin_lsn: '0/5000028',
        end_lsn: '0/5000138',
      },
      wal_information: { no_of_files: 3 },
    },
    _INFO: ['Using the latest backup.'],
  }

  test('of one backup has its times and positions, and not the words around it', () => {
    expect(toolOf(JSON.stringify(one))).toBe('barman')
    const backups = read('barman', one)
    expect(backups).toMatchObject([
      {
        repository: 'erp',
        label: '20261122T010003',
        outcome: 'succeeded',
        startedAt: new Date('2026-11-22T01:00:03Z'),
        finishedAt: new Date('2026-11-22T01:01:02Z'),
        bytes: '48118890',
        storedBytes: '1048576',
        startLsn: '0/5000028',
      },
    ])
    // How much WAL came since then is no news of the backup.
    expect(JSON.stringify(backups[0]?.report)).not.toContain('no_of_files')
  })

  test('of a list has what runs, what failed, and what ended before it began by its name', () => {
    expect(
      read('barman', {
        erp: [
          { backup_id: '20261123T010003', status: 'STARTED' },
          { backup_id: '20261122T010003', status: 'FAILED', error: 'failure copying files' },
          { backup_id: '20261121T010003', status: 'DONE', end_time_timestamp: '1795000000', size_bytes: 7 },
        ],
      }),
    ).toMatchObject([
      { outcome: 'running', finishedAt: null },
      { outcome: 'failed', failure: 'failure copying files', finishedAt: expect.any(Date) },
      { outcome: 'succeeded', finishedAt: new Date(1_795_000_000_000), bytes: '7' },
    ])
  })
})

const manifest = (files: [path: string, size: number, modified: string][]): string => {
  const lines = files.map(
    ([path, size, modified]) =>
      `{ "Path": "${path}", "Size": ${size}, "Last-Modified": "2026-11-22 ${modified} GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "0badf00d" }`,
  )
  const head = `{ "PostgreSQL-Backup-Manifest-Version": 2,
"System-Identifier": 7571399283744912345,
"Files": [
${lines.join(',\n')}
],
"WAL-Ranges": [
{ "Timeline": 1, "Start-LSN": "0/5000028", "End-LSN": "0/5000138" }
],
`
  return `${head}"Manifest-Checksum": "${createHash('sha256').update(head).digest('hex')}"}\n`
}

describe('the manifest of pg_basebackup', () => {
  const whole = manifest([
    ['backup_label', 225, '01:00:03'],
    ['base/1/1259', 8192, '00:12:00'],
    ['global/pg_control', 8192, '01:01:02'],
  ])

  test('has the time from its first file to its last, and a name by its checksum', () => {
    expect(toolOf(whole)).toBe('pg_basebackup')
    const backups = read('pg_basebackup', whole)
    expect(backups).toMatchObject([
      {
        label: expect.stringMatching(/^manifest-[0-9a-f]{16}$/),
        kind: 'full',
        startedAt: new Date('2026-11-22T01:00:03Z'),
        finishedAt: new Date('2026-11-22T01:01:02Z'),
        bytes: '16609',
        timeline: 1,
        stopLsn: '0/5000138',
        systemIdentifier: '7571399283744912345',
      },
    ])
    expect(JSON.stringify(backups[0]?.report)).not.toContain('pg_control')
    expect(read('pg_basebackup', whole, { label: 'nightly', repository: '/backups' })).toMatchObject([
      { label: 'nightly', repository: '/backups' },
    ])
    expect(read('pg_basebackup', manifest([['base/1/INCREMENTAL.1259', 12, '01:00:00']]))).toMatchObject([
      { kind: 'incremental' },
    ])
  })

  test('that was changed is refused', () => {
    expect(() => read('pg_basebackup', whole.replace('"Size": 8192', '"Size": 8191'))).toThrow(
      'its own checksum does not match',
    )
  })
})

describe('what is no report', () => {
  test.each([
    ['pgbackrest', '[{"name":"erp","backup":[{"label":"x"}]}]', '0.backup.0.type'],
    [
      'wal-g',
      '[{"backup_name":"base_1","start_time":"yesterday","finish_time":"now"}]',
      '0.start_time: no time',
    ],
    ['barman', '{"erp":{"backup_id":"20261122T010003","status":"LOST"}}', '0.backups.0.status'],
    ['pg_basebackup', '{"PostgreSQL-Backup-Manifest-Version": 3}', 'PostgreSQL-Backup-Manifest-Version'],
    ['pgbackrest', '[{"name":"erp","backup":[{"la', 'is not JSON'],
  ] satisfies [BackupTool, string, string][])('of %s is refused: %s', (tool, text, why) => {
    expect(() => read(tool, text)).toThrow(why)
  })

  test.each(['[]', '{}', '1', 'null', '[1]', '{"erp":[]}'])('is of no tool: %s', (text) => {
    expect(toolOf(text)).toBeNull()
  })
})
