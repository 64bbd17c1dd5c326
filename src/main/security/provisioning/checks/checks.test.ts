import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../../../shared/provisioning.ts'
import { type PresetId, presets } from '../../../../shared/provisioning-presets.ts'
import type { HbaRule } from '../../../session/hba-rules.ts'
import type { Looked } from './check.ts'
import { hbaChecks } from './hba.ts'
import { serverChecks } from './server.ts'

const good = {
  ssl: 'on',
  ssl_min_protocol_version: 'TLSv1.2',
  password_encryption: 'scram-sha-256',
  listen_addresses: '*',
  max_connections: '200',
  superuser_reserved_connections: '3',
  'pg_stat_statements.max': '5000',
}

const looked = ({
  preset = 'other',
  settings = {},
  hba = null,
  reached = {},
  isPooled = false,
  owners = [],
}: {
  preset?: PresetId
  settings?: Record<string, string>
  hba?: HbaRule[] | null
  reached?: Partial<Looked['reached']>
  isPooled?: boolean
  owners?: string[]
} = {}): Looked => ({
  settings: { ...defaultSettings, preset, applicationNetworks: ['10.20.0.0/16'] },
  preset: presets[preset],
  cluster: {
    versionNumber: 160_000,
    me: 'admin',
    isSuperuser: true,
    mayCreateRoles: true,
    mayCreateDatabases: true,
    mayBecomeOwner: true,
    scramIterations: 4096,
    templateEncoding: 'UTF8',
    roles: new Map(),
    memberships: [],
    database: null,
  },
  server: {
    database: 'postgres',
    version: 'PostgreSQL 16.4',
    settings: new Map(Object.entries({ ...good, ...settings })),
    marks: [],
    logIns: [],
    owners,
    hba,
    isPooled,
  },
  reached: { port: 5432, tlsMode: 'verify-full', isLocal: false, ...reached },
})

const outcomes = (checks: ReturnType<typeof serverChecks>) =>
  Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]))

describe('the checks of a server', () => {
  test('find nothing on one that is as it should be', () => {
    expect(new Set(Object.values(outcomes(serverChecks(looked()))))).toEqual(new Set(['ok']))
  })

  test.each([
    ['tls', 'failed', { settings: { ssl: 'off' } }],
    ['tls', 'warning', { settings: { ssl_min_protocol_version: 'TLSv1' } }],
    ['certificate', 'warning', { reached: { tlsMode: 'require' } }],
    ['certificate', 'failed', { reached: { tlsMode: null } }],
    ['password encryption', 'warning', { settings: { password_encryption: 'md5' } }],
    ['listening', 'failed', { settings: { listen_addresses: 'localhost' } }],
    ['connections', 'warning', { settings: { max_connections: '100' } }],
    ['pooler', 'warning', { reached: { port: 6543 }, preset: 'supabase' }],
    ['pooler', 'warning', { isPooled: true }],
    ['owners', 'warning', { owners: ['eve'] }],
  ] satisfies [string, string, Parameters<typeof looked>[0]][])(
    'name what is wrong: %s, %s',
    (id, outcome, changes) => {
      const check = serverChecks(looked(changes)).find((one) => one.id === id)
      expect(check).toMatchObject({ outcome, remedy: expect.stringMatching(/\.$/) })
    },
  )
})

const rule = (changes: Partial<HbaRule>): HbaRule => ({
  line: 1,
  file: null,
  type: 'hostssl',
  databases: ['viruj_erp'],
  users: ['viruj_app_a', 'viruj_app_b'],
  address: '10.20.0.0',
  netmask: '255.255.0.0',
  method: 'scram-sha-256',
  error: null,
  ...changes,
})

describe('the checks of pg_hba.conf', () => {
  test.each([
    ['ok', [rule({})]],
    ['failed', []],
    ['failed', [rule({ method: 'trust' })]],
    ['failed', [rule({ method: 'password' })]],
    ['failed', [rule({ method: 'reject' }), rule({ line: 2 })]],
    ['failed', [rule({ users: ['viruj_app_a'] })]],
    ['failed', [rule({ netmask: '255.255.255.0' })]],
    ['warning', [rule({ method: 'md5' })]],
    // Lets it in without TLS, too.
    ['warning', [rule({ type: 'host' })]],
    ['warning', [rule({}), rule({ line: 2, type: 'host', address: 'all', netmask: null })]],
    ['ok', [rule({}), rule({ line: 2, type: 'host', address: 'all', netmask: null, method: 'reject' })]],
    ['unknown', [rule({ address: 'samenet', netmask: null }), rule({ line: 2 })]],
  ] satisfies [string, HbaRule[]][])('are %s for %j', (outcome, hba) => {
    expect(outcomes(hbaChecks(looked({ hba })))['hba application']).toBe(outcome)
  })

  test('name weak lines for anybody, lines with errors, and that the file may not be read', () => {
    const hba = [
      rule({}),
      rule({ line: 9, users: ['all'], method: 'trust' }),
      rule({ line: 12, error: 'bad method' }),
    ]
    const checks = hbaChecks(looked({ hba }))
    expect(checks.find(({ id }) => id === 'hba weak')?.details).toEqual([
      'line 9: hostssl viruj_erp all 10.20.0.0/16 trust',
    ])
    expect(checks.find(({ id }) => id === 'hba errors')?.details).toEqual(['line 12: bad method'])
    expect(outcomes(hbaChecks(looked()))).toEqual({ 'hba application': 'unknown' })
  })

  test('are none where the service has no such file', () => {
    expect(hbaChecks(looked({ preset: 'rds', hba: [] }))).toEqual([])
  })
})
