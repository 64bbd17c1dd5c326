/** A network in CIDR form. `address` is its number, without host bits. */
export type Network = { family: 4 | 6; address: bigint; prefix: number }

const width = { 4: 32, 6: 128 } as const

const parseV4 = (text: string): bigint | null => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return null
  }
  return parts.reduce((number, part) => number * 256n + BigInt(part), 0n)
}

const parseV6 = (text: string): bigint | null => {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return null
  // A URL's parser checks it and writes it in its shortest form, with no dotted part left.
  const shortest = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1)
  if (shortest === undefined) return null
  const [head = '', tail] = shortest.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = groups(tail ?? '')
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...between, ...after].reduce(
    (number, group) => number * 65_536n + BigInt(`0x${group}`),
    0n,
  )
}

/** An address alone; null when it is none. */
export const parseAddress = (text: string): Pick<Network, 'family' | 'address'> | null => {
  const v4 = parseV4(text)
  if (v4 !== null) return { family: 4, address: v4 }
  const v6 = parseV6(text)
  return v6 === null ? null : { family: 6, address: v6 }
}

const mask = (family: 4 | 6, prefix: number): bigint => {
  const bits = BigInt(width[family])
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n)
}

/** Ones at the front of a netmask such as 255.255.0.0; null when it is none. */
export const prefixOfMask = (text: string): number | null => {
  const parsed = parseAddress(text)
  if (parsed === null) return null
  const prefix = parsed.address.toString(2).replaceAll('0', '').length
  return mask(parsed.family, prefix) === parsed.address ? prefix : null
}

/** The network that an address is in. */
export const networkOf = (
  { family, address }: Pick<Network, 'family' | 'address'>,
  prefix: number,
): Network => ({
  family,
  prefix,
  address: address & mask(family, prefix),
})

const writeAddress = ({ family, address }: Pick<Network, 'family' | 'address'>): string => {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.')
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) =>
    ((address >> shift) & 65_535n).toString(16),
  )
  return URL.parse(`http://[${groups.join(':')}]/`)?.hostname.slice(1, -1) ?? groups.join(':')
}

/** `10.20.0.0/16`, as pg_hba.conf takes it. */
export const writeNetwork = (network: Network): string => `${writeAddress(network)}/${network.prefix}`

/**
 * A network that a person typed, or in one sentence why it is none that access should be given to. An address alone is a
 * network of one.
 */
export const readNetwork = (typed: string): { network: Network } | { problem: string } => {
  const text = typed.trim()
  const [address = '', digits, ...more] = text.split('/')
  const parsed = parseAddress(address)
  if (parsed === null || more.length > 0) {
    return { problem: `"${text}" is not a network. Write it as 10.20.0.0/16 or 2001:db8::/48.` }
  }
  const bits = width[parsed.family]
  if (digits !== undefined && !(/^\d{1,3}$/.test(digits) && Number(digits) <= bits)) {
    return { problem: `"${text}" needs a number from 1 to ${bits} after its slash.` }
  }
  const network = networkOf(parsed, digits === undefined ? bits : Number(digits))
  if (network.prefix === 0) {
    return { problem: `"${text}" is every address there is. Name the networks that clients come from.` }
  }
  if (network.address !== parsed.address) {
    return { problem: `"${text}" is an address inside of a network. Did you mean ${writeNetwork(network)}?` }
  }
  return { network }
}

/** Whether all of `inner` lies in `outer`. */
export const contains = (outer: Network, inner: Network): boolean =>
  outer.family === inner.family &&
  outer.prefix <= inner.prefix &&
  networkOf(inner, outer.prefix).address === outer.address

/** Whether they share an address: of two networks, one contains the other, or they share none. */
export const overlaps = (one: Network, other: Network): boolean =>
  contains(one, other) || contains(other, one)
