import {
  contains,
  type Network,
  networkOf,
  overlaps,
  parseAddress,
  prefixOfMask,
} from '../../shared/network.ts'

/** One line of pg_hba.conf, as `pg_hba_file_rules` gives it. A line that cannot be read has an error and nothing else. */
export type HbaRule = {
  line: number
  /** Null: pg_hba.conf itself. Others are included in it, since 16. */
  file: string | null
  type: string
  databases: string[]
  users: string[]
  address: string | null
  netmask: string | null
  method: string
  error: string | null
}

/** Who connects. `roles` are all it is a member of. */
export type Client = {
  database: string
  user: string
  roles: readonly string[]
  network: Network
  encrypted: boolean
}

/** Whether a rule is for all of a network, for a part of it, or for addresses that only the server knows. */
type Reach = 'all' | 'part' | 'perhaps' | 'none'

export type Match = { rule: HbaRule; reach: Exclude<Reach, 'none'> }

/** Since 16 a word that begins with a slash is a regular expression. */
const matchesWord = (word: string, name: string): boolean => {
  if (!word.startsWith('/')) return word === name
  try {
    return new RegExp(word.slice(1)).test(name)
  } catch {
    // PostgreSQL's expressions know more than ours: better to name a line too many.
    return true
  }
}

const matchesDatabase = (word: string, { database, user, roles }: Client): boolean => {
  switch (word) {
    case 'all':
      return true
    case 'sameuser':
      return database === user
    case 'samerole':
    case 'samegroup':
      return database === user || roles.includes(database)
    case 'replication':
      return false
    default:
      return matchesWord(word, database)
  }
}

const matchesUser = (word: string, { user, roles }: Client): boolean => {
  if (word === 'all') return true
  if (word.startsWith('+')) return user === word.slice(1) || roles.includes(word.slice(1))
  return matchesWord(word, user)
}

const reach = ({ address, netmask }: HbaRule, network: Network): Reach => {
  if (address === 'all') return 'all'
  const parsed = parseAddress(address ?? '')
  // A host name, samehost, samenet: whom they stand for only the server knows.
  if (parsed === null) return 'perhaps'
  const prefix = netmask === null ? null : prefixOfMask(netmask)
  if (prefix === null) return 'perhaps'
  const rule = networkOf(parsed, prefix)
  if (contains(rule, network)) return 'all'
  return overlaps(rule, network) ? 'part' : 'none'
}

const typeOf = (encrypted: boolean): string[] => ['host', encrypted ? 'hostssl' : 'hostnossl']

/** The lines that decide about a client, in their order: the first that is for all of its network ends the list. */
export const matchesOf = (rules: readonly HbaRule[], client: Client): Match[] => {
  const found: Match[] = []
  for (const rule of rules) {
    if (rule.error !== null || !typeOf(client.encrypted).includes(rule.type)) continue
    if (!rule.databases.some((word) => matchesDatabase(word, client))) continue
    if (!rule.users.some((word) => matchesUser(word, client))) continue
    const how = reach(rule, client.network)
    if (how === 'none') continue
    found.push({ rule, reach: how })
    if (how === 'all') break
  }
  return found
}

/** The line as a person finds it: `line 12: host all all 10.0.0.0/8 md5`. */
export const describeRule = ({
  line,
  file,
  type,
  databases,
  users,
  address,
  netmask,
  method,
}: HbaRule): string => {
  const prefix = netmask === null ? null : prefixOfMask(netmask)
  const where = address === null ? [] : [prefix === null ? address : `${address}/${prefix}`]
  const words = [type, databases.join(','), users.join(','), ...where, method]
  return `${file === null ? '' : `${file} `}line ${line}: ${words.join(' ')}`
}
