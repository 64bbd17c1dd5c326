import { describe, expect, test } from 'vitest'
import { readNetwork } from '../../shared/network.ts'
import { type Client, describeRule, type HbaRule, matchesOf } from './hba-rules.ts'

const rule = (line: number, changes: Partial<HbaRule> = {}): HbaRule => ({
  line,
  file: null,
  type: 'host',
  databases: ['all'],
  users: ['all'],
  address: 'all',
  netmask: null,
  method: 'scram-sha-256',
  error: null,
  ...changes,
})

const client = (changes: Partial<Client> = {}, from = '10.20.0.0/16'): Client => {
  const read = readNetwork(from)
  if ('problem' in read) throw new Error(read.problem)
  return {
    database: 'viruj_erp',
    user: 'viruj_app_a',
    roles: ['viruj_service'],
    network: read.network,
    encrypted: true,
    ...changes,
  }
}

const lines = (rules: HbaRule[], who = client()) =>
  matchesOf(rules, who).map(({ rule: { line }, reach }) => `${line} ${reach}`)

describe('which line of pg_hba.conf decides', () => {
  test('is the first that is for all of the network', () => {
    expect(lines([rule(1, { method: 'trust' }), rule(2)])).toEqual(['1 all'])
  })

  test.each([
    ['another database', { databases: ['ledger'] }],
    ['another user', { users: ['ledger'] }],
    ['members of another role', { users: ['+ledger'] }],
    ['another network', { address: '10.21.0.0', netmask: '255.255.0.0' }],
    ['the other family of addresses', { address: '::', netmask: '::' }],
    ['a socket', { type: 'local', address: null }],
    ['what is not encrypted', { type: 'hostnossl' }],
    ['replication', { databases: ['replication'] }],
    ['a database of the same name as the user', { databases: ['sameuser'] }],
    ['nobody, since it cannot be read', { error: 'invalid authentication method' }],
  ])('is not one for %s', (_, changes) => {
    expect(lines([rule(1, changes), rule(2)])).toEqual(['2 all'])
  })

  test.each([
    ['its database', { databases: ['ledger', 'viruj_erp'] }],
    ['its user', { users: ['viruj_app_a', 'viruj_app_b'] }],
    ['members of its role', { users: ['+viruj_service'] }],
    ['names like its own', { users: ['/^viruj_app_[ab]$'] }],
    ['a network around its own', { address: '10.0.0.0', netmask: '255.0.0.0' }],
    ['encrypted connections', { type: 'hostssl' }],
  ])('is one for %s', (_, changes) => {
    expect(lines([rule(1, changes), rule(2)])).toEqual(['1 all'])
  })

  test('is several where one is for a part of the network, or for addresses that only the server knows', () => {
    const part = { address: '10.20.4.0', netmask: '255.255.255.0' }
    expect(lines([rule(1, part), rule(2, { address: 'samenet' }), rule(3)])).toEqual([
      '1 part',
      '2 perhaps',
      '3 all',
    ])
  })

  test('is nobody’s where there is none', () => {
    expect(lines([rule(1, { type: 'hostssl' })], client({ encrypted: false }))).toEqual([])
  })
})

test('a line is named as it stands in the file', () => {
  expect(
    describeRule(
      rule(7, { users: ['+viruj_dba'], address: '10.0.0.0', netmask: '255.0.0.0', method: 'md5' }),
    ),
  ).toBe('line 7: host all +viruj_dba 10.0.0.0/8 md5')
})
