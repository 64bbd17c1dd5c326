import { sql } from 'kysely'
import { z } from 'zod'
import { type Network, networkOf, parseAddress } from '../../../shared/network.ts'
import { describeRule, type HbaRule, matchesOf } from '../../session/hba-rules.ts'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const client = z.object({
  user: z.string(),
  roles: z.array(z.string()),
  /** An address; null: from anywhere. */
  from: z.string().nullable(),
  encrypted: z.boolean(),
  isMe: z.boolean(),
})

const row = z.object({
  line: z.int(),
  file: z.string().nullable(),
  type: z.string(),
  databases: z.array(z.string()),
  users: z.array(z.string()),
  address: z.string().nullable(),
  netmask: z.string().nullable(),
  method: z.string(),
  error: z.string().nullable(),
  isLoopback: z.boolean(),
  clients: z.string(),
  /** Made by `withMatches`. */
  matches: z.array(z.string()).default([]),
})
type Row = z.infer<typeof row>

const fromNetwork = (from: string | null): Network | null => {
  if (from === null) return { family: 4, address: 0n, prefix: 0 }
  const address = parseAddress(from)
  return address === null ? null : networkOf(address, address.family === 4 ? 32 : 128)
}

/** Names each line's clients: the first that fits decides, as the server does it. From where programs come only they know: any address. */
const withMatches = (rows: readonly Row[], database: string): Row[] => {
  const clients = z.array(client).parse(JSON.parse(rows[0]?.clients ?? '[]'))
  const matched = new Map<number, string[]>()
  for (const { from, isMe, ...who } of clients) {
    const network = fromNetwork(from)
    if (network === null) continue
    for (const { rule } of matchesOf(rows, { ...who, database, network })) {
      const at = rows.findIndex((one) => one.line === rule.line && one.file === rule.file)
      matched.set(at, [...(matched.get(at) ?? []), isMe ? `${who.user} (you)` : who.user])
    }
  }
  return rows.map((one, at) => ({ ...one, matches: matched.get(at) ?? [] }))
}

const weakness = ({ method, type, isLoopback }: Row): string | null => {
  if (type === 'local' || method === 'reject') return null
  if (method === 'trust') return 'lets everybody in without a password'
  if (method === 'password' || method === 'ldap' || method === 'pam' || method === 'radius') {
    return type === 'hostssl' ? null : 'has passwords sent as they are'
  }
  if (method === 'md5') return 'takes md5, which is as good as the password for who reads it'
  if (type !== 'hostssl' && type !== 'hostgssenc' && !isLoopback) return 'lets sessions in without TLS'
  return null
}

export const hba = defineProbe({
  id: 'hba',
  title: 'Access rules',
  about:
    'pg_hba.conf as the file stands: lines that cannot be read or let in too much, and which line decides about you and the application.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  needs: [
    { kind: 'relation', name: 'pg_catalog.pg_hba_file_rules' },
    { kind: 'function', name: 'pg_catalog.pg_hba_file_rules()' },
  ],
  // Since 16 a line may come from another file, which is then named.
  sql: {
    14: sql`
      WITH clients AS (
        SELECT r.rolname::text AS "user",
               ARRAY(SELECT g.rolname::text FROM pg_roles AS g WHERE pg_has_role(r.oid, g.oid, 'MEMBER')) AS "roles",
               CASE WHEN r.rolname = session_user THEN coalesce(host(inet_client_addr()), 'socket') END AS "from",
               CASE WHEN r.rolname = session_user THEN (SELECT s.ssl FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid()) ELSE true END AS "encrypted",
               r.rolname = session_user AS "isMe"
          FROM pg_roles AS r
         WHERE r.rolcanlogin
           AND (r.rolname = session_user
                OR r.rolname ~ '^viruj_app'
                OR EXISTS (SELECT FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid
                            WHERE m.member = r.oid AND g.rolname IN ('viruj_service', 'viruj_app')))
         LIMIT 20)
      SELECT r.line_number AS "line",
             nullif(to_jsonb(r) ->> 'file_name', current_setting('hba_file', true)) AS "file",
             coalesce(r.type, '') AS "type",
             coalesce(r.database, '{}') AS "databases",
             coalesce(r.user_name, '{}') AS "users",
             r.address AS "address",
             r.netmask AS "netmask",
             coalesce(r.auth_method, '') AS "method",
             r.error AS "error",
             coalesce(r.address IN ('127.0.0.1', '::1', 'localhost'), false) AS "isLoopback",
             (SELECT coalesce(json_agg(c), '[]')::text FROM clients AS c) AS "clients"
        FROM pg_hba_file_rules AS r
       ORDER BY coalesce((to_jsonb(r) ->> 'rule_number')::int, r.line_number)
       ${shown}`,
  },
  row,
  arrange: (rows, { database }) => withMatches(rows, database),
  columns: {
    line: { title: 'Line', kind: 'number' },
    file: { title: 'File', kind: 'text', note: 'Empty: pg_hba.conf itself' },
    type: { title: 'Type', kind: 'text' },
    databases: { title: 'Databases', kind: 'list' },
    users: { title: 'Users', kind: 'list' },
    address: { title: 'Address', kind: 'text' },
    netmask: { title: 'Mask', kind: 'text' },
    method: { title: 'Method', kind: 'text' },
    error: { title: 'Error', kind: 'text' },
    isLoopback: { title: 'This machine', kind: 'boolean', isHidden: true },
    clients: { title: 'Clients', kind: 'text', isHidden: true },
    matches: {
      title: 'Decides about',
      kind: 'list',
      note: 'You from where you are; the application from anywhere with TLS, since where it runs is not known',
    },
  },
  thresholds: {},
  judge(rows) {
    const findings = rows.flatMap((one, index): Finding[] => {
      const where = describeRule(one satisfies HbaRule)
      if (one.error !== null) {
        return [
          {
            verdict: 'critical',
            text: `Line ${one.line} of ${one.file ?? 'pg_hba.conf'} cannot be read (${one.error}): the server keeps the rules it had, and does not start with these.`,
            row: index,
          },
        ]
      }
      const weak = weakness(one)
      if (weak === null) return []
      return [
        {
          verdict: one.method === 'trust' && !one.isLoopback ? 'critical' : 'warn',
          text: `${where} ${weak}.`,
          row: index,
          remedies: [
            {
              text: 'Write hostssl and scram-sha-256 there, then reload.',
              sql: 'SELECT pg_reload_conf();',
            },
          ],
        },
      ]
    })
    const mine = rows.find(({ matches }) => matches.some((who) => who.endsWith('(you)')))
    return {
      summary: `${counted(rows.length, 'line')}; ${mine === undefined ? 'which lets you in is not known' : `line ${mine.line} lets you in`}.`,
      findings,
    }
  },
})
