import { sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { iso } from '../../session/iso.ts'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  role: z.string(),
  verifier: z.enum(['scram-sha-256', 'md5', 'none']).nullable(),
  validUntil: z.string().nullable(),
  expires: z.boolean(),
  expired: z.boolean(),
  connectionLimit: z.int().nullable(),
  encryption: z.string(),
  inAYear: z.string(),
})

export const passwords = defineProbe({
  id: 'passwords',
  title: 'Passwords of roles',
  about: 'How the passwords of log-in roles are kept, and which never expire. No verifier leaves the server.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  needs: [],
  wants: [{ kind: 'relation', name: 'pg_catalog.pg_authid' }],
  sql: {
    14: (server) => sql`
      SELECT r.rolname::text AS "role",
             ${
               server.has.has('pg_catalog.pg_authid')
                 ? sql`(SELECT CASE WHEN a.rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram-sha-256' WHEN a.rolpassword LIKE 'md5%' THEN 'md5'
                                    WHEN a.rolpassword IS NULL THEN 'none' END
                          FROM pg_authid AS a WHERE a.oid = r.oid)`
                 : sql`NULL::text`
             } AS "verifier",
             CASE WHEN r.rolvaliduntil < 'infinity' THEN ${iso(sql`r.rolvaliduntil`)} END AS "validUntil",
             coalesce(r.rolvaliduntil < 'infinity', false) AS "expires",
             coalesce(r.rolvaliduntil < clock_timestamp(), false) AS "expired",
             nullif(r.rolconnlimit, -1) AS "connectionLimit",
             current_setting('password_encryption') AS "encryption",
             to_char(clock_timestamp() + interval '1 year', 'YYYY-MM-DD') AS "inAYear"
        FROM pg_roles AS r
       WHERE r.rolcanlogin
       ORDER BY r.rolname
       ${shown}`,
  },
  row,
  columns: {
    role: { title: 'Role', kind: 'text' },
    verifier: { title: 'Kept as', kind: 'text', note: 'Empty where this role may not see it' },
    validUntil: { title: 'Valid until', kind: 'timestamp' },
    expires: { title: 'Expires', kind: 'boolean' },
    expired: { title: 'Expired', kind: 'boolean' },
    connectionLimit: { title: 'Connections', kind: 'count' },
    encryption: { title: 'password_encryption', kind: 'text', isHidden: true },
    inAYear: { title: 'In a year', kind: 'text', isHidden: true },
  },
  thresholds: {},
  judge(rows, { server }) {
    const findings: Finding[] = []
    if ((rows[0]?.encryption ?? 'scram-sha-256') !== 'scram-sha-256') {
      findings.push({
        verdict: 'warn',
        text: 'New passwords are kept as md5, which is as good as the password for who reads it.',
        remedies: [
          {
            text: 'Keep them as SCRAM.',
            sql: "ALTER SYSTEM SET password_encryption = 'scram-sha-256'; SELECT pg_reload_conf();",
          },
        ],
      })
    }
    rows.forEach((one, index) => {
      const role = pg.escapeIdentifier(one.role)
      if (one.verifier === 'md5') {
        findings.push({
          verdict: 'warn',
          text: `The password of ${one.role} is kept as md5.`,
          row: index,
          remedies: [
            {
              text: 'Set it anew, as a SCRAM verifier that the client computes (\\password in psql, rotation in the console).',
              sql: null,
            },
          ],
        })
      }
      if (!one.expires && one.verifier !== 'none') {
        findings.push({
          verdict: 'warn',
          text: `The password of ${one.role} never expires.`,
          row: index,
          remedies: [
            {
              text: 'Give it an end, and rotate it before.',
              sql: `ALTER ROLE ${role} VALID UNTIL '${one.inAYear}';`,
            },
          ],
        })
      }
    })
    if (!server.has.has('pg_catalog.pg_authid')) {
      findings.push({
        verdict: 'not-checked',
        text: `How passwords are kept only a superuser sees: ${server.user} may not read pg_authid.`,
        remedies: [
          {
            text: 'Run this once as a superuser. Who may read verifiers may try passwords: grant it to nobody.',
            sql: null,
          },
        ],
      })
    }
    return {
      summary: `${counted(rows.length, 'role')} may log in, ${rows.filter(({ expires }) => expires).length} with an end.`,
      findings,
    }
  },
})
