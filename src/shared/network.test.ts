import { expect, test } from 'vitest'
import { contains, type Network, overlaps, prefixOfMask, readNetwork, writeNetwork } from './network.ts'

const network = (text: string): Network => {
  const read = readNetwork(text)
  if ('problem' in read) throw new Error(read.problem)
  return read.network
}

test.each([
  ['10.20.0.0/16', '10.20.0.0/16'],
  [' 10.0.0.7 ', '10.0.0.7/32'],
  ['0.0.0.0/1', '0.0.0.0/1'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  ['2001:DB8::/48', '2001:db8::/48'],
  ['::1', '::1/128'],
  ['fe80:0:0:0:0:0:0:0/10', 'fe80::/10'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128'],
  ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
])('%s is a network, written %s', (typed, written) => {
  expect(writeNetwork(network(typed))).toBe(written)
})

test.each([
  ['', 'not a network'],
  ['all', 'not a network'],
  ['samenet', 'not a network'],
  ['10.20.0/16', 'not a network'],
  ['10.20.0.256', 'not a network'],
  ['010.0.0.1', 'not a network'],
  ['10.0.0.0/8/8', 'not a network'],
  ['10.0.0.0/8 trust\nhost all all all trust', 'needs a number'],
  ['10.0.0.0/33', 'from 1 to 32'],
  ['10.0.0.0/', 'from 1 to 32'],
  ['10.0.0.0/-1', 'from 1 to 32'],
  ['::/129', 'from 1 to 128'],
  ['fe80::1%eth0', 'not a network'],
  ['1::2::3', 'not a network'],
  ['0.0.0.0/0', 'every address'],
  ['::/0', 'every address'],
  ['10.20.0.5/16', 'Did you mean 10.20.0.0/16?'],
  ['2001:db8::5/48', 'Did you mean 2001:db8::/48?'],
])('%j is refused', (typed, problem) => {
  expect(readNetwork(typed)).toEqual({ problem: expect.stringContaining(problem) })
})

test('a network knows what lies in it', () => {
  expect(contains(network('10.0.0.0/8'), network('10.20.0.0/16'))).toBe(true)
  expect(contains(network('10.20.0.0/16'), network('10.0.0.0/8'))).toBe(false)
  expect(overlaps(network('10.20.0.0/16'), network('10.0.0.0/8'))).toBe(true)
  expect(overlaps(network('10.20.0.0/16'), network('10.21.0.0/16'))).toBe(false)
  expect(contains(network('::/1'), network('10.0.0.0/8'))).toBe(false)
})

test('netmasks are lengths', () => {
  expect(prefixOfMask('255.255.0.0')).toBe(16)
  expect(prefixOfMask('0.0.0.0')).toBe(0)
  expect(prefixOfMask('255.255.255.255')).toBe(32)
  expect(prefixOfMask('ffff:ffff:ffff::')).toBe(48)
  expect(prefixOfMask('::')).toBe(0)
  expect(prefixOfMask('255.0.255.0')).toBeNull()
})
