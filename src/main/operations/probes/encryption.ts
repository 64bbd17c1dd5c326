import { sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  user: z.string().nullable(),
  address: z.string().nullable(),
  isRemote: z.boolean(),
  isEncrypted: z.boolean(),
  protocol: z.string().nullable(),
  cipher: z.string().nullable(),
  sessions: z.int(),
  isMine: z.boolean(),
  ssl: z.string(),
  minProtocol: z.string(),
})

export const encryption = defineProbe({
  id: 'encryption',
  title: 'Encryption of sessions',
  about:
    'Which sessions cross the network without TLS, this one among them, and what the server would accept.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: {
    14: sql`
      SELECT a.usename::text AS "user",
             host(a.client_addr) AS "address",
             a.client_addr IS NOT NULL AND NOT (a.client_addr <<= '127.0.0.0/8' OR a.client_addr = '::1') AS "isRemote",
             s.ssl AS "isEncrypted",
             s.version AS "protocol",
             s.cipher AS "cipher",
             count(*)::int AS "sessions",
             bool_or(a.pid = pg_backend_pid()) AS "isMine",
             current_setting('ssl') AS "ssl",
             current_setting('ssl_min_protocol_version') AS "minProtocol"
        FROM pg_stat_activity AS a
        JOIN pg_stat_ssl AS s ON s.pid = a.pid
       WHERE a.backend_type IN ('client backend', 'walsender')
       GROUP BY 1, 2, 3, 4, 5, 6
       ORDER BY 3 DESC, 4, 7 DESC
       ${shown}`,
  },
  row,
  columns: {
    user: { title: 'User', kind: 'text' },
    address: { title: 'Address', kind: 'text' },
    isRemote: { title: 'From another machine', kind: 'boolean' },
    isEncrypted: { title: 'Encrypted', kind: 'boolean' },
    protocol: { title: 'Protocol', kind: 'text' },
    cipher: { title: 'Cipher', kind: 'text' },
    sessions: { title: 'Sessions', kind: 'count' },
    isMine: { title: 'This session', kind: 'boolean' },
    ssl: { title: 'ssl', kind: 'text', isHidden: true },
    minProtocol: { title: 'ssl_min_protocol_version', kind: 'text', isHidden: true },
  },
  thresholds: {},
  judge(rows) {
    const findings: Finding[] = []
    const { ssl = 'on', minProtocol = '' } = rows[0] ?? {}
    if (ssl !== 'on') {
      findings.push({
        verdict: 'warn',
        text: 'The server has no TLS: whoever stands in between reads along.',
        remedies: [
          {
            text: 'Give it a certificate, switch it on, and reload.',
            sql: "ALTER SYSTEM SET ssl = 'on'; SELECT pg_reload_conf();",
          },
        ],
      })
    } else if (minProtocol === '' || minProtocol === 'TLSv1' || minProtocol === 'TLSv1.1') {
      findings.push({
        verdict: 'warn',
        text: `The server accepts ${minProtocol || 'every version of TLS'}, whose ciphers are broken.`,
        remedies: [
          {
            text: 'Ask for TLS 1.2.',
            sql: "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2'; SELECT pg_reload_conf();",
          },
        ],
      })
    }
    rows.forEach((one, index) => {
      if (one.isEncrypted || !one.isRemote) return
      findings.push({
        verdict: 'critical',
        text: `${counted(one.sessions, 'session')} of ${one.user ?? 'nobody'} from ${one.address ?? 'elsewhere'} ${one.sessions === 1 ? 'is' : 'are'} not encrypted.`,
        row: index,
        remedies: [
          {
            text: 'Allow hostssl only in pg_hba.conf, and give the client an sslmode of verify-full.',
            sql: null,
          },
        ],
      })
    })
    const plain = rows.reduce((sum, one) => sum + (one.isEncrypted ? 0 : one.sessions), 0)
    const all = rows.reduce((sum, one) => sum + one.sessions, 0)
    return { summary: `${all - plain} of ${counted(all, 'session')} encrypted.`, findings }
  },
})
