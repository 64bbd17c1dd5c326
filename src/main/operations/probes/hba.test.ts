import { describe, expect, test } from 'vitest'
import { judgeOf, server } from '../../../../test/support/judge-of.ts'
import { hba } from './hba.ts'

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
