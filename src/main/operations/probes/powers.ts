import { sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  role: z.string(),
  isSuperuser: z.boolean(),
  replicates: z.boolean(),
  bypassesRls: z.boolean(),
  createsRoles: z.boolean(),
  createsDatabases: z.boolean(),
  files: z.array(z.string()),
})

/** What reaches beyond the database, into the files and programs of its machine. */
const fileRoles = ['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program']

export const powers = defineProbe({
  id: 'powers',
  title: 'Powerful log-ins',
  about:
    'Log-in roles that no grant and no row security binds: superusers, BYPASSRLS, REPLICATION, and those that reach the server’s files.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  needs: [],
  sql: {
    14: sql`
      SELECT r.rolname::text AS "role",
             r.rolsuper AS "isSuperuser",
             r.rolreplication AS "replicates",
             r.rolbypassrls AS "bypassesRls",
             r.rolcreaterole AS "createsRoles",
             r.rolcreatedb AS "createsDatabases",
             ARRAY(SELECT p.rolname::text FROM pg_roles AS p
                    WHERE p.rolname = ANY (${fileRoles}::text[]) AND NOT r.rolsuper AND pg_has_role(r.oid, p.oid, 'MEMBER')) AS "files"
        FROM pg_roles AS r
       WHERE r.rolcanlogin
         AND (r.rolsuper OR r.rolreplication OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
              OR EXISTS (SELECT FROM pg_roles AS p WHERE p.rolname = ANY (${fileRoles}::text[]) AND pg_has_role(r.oid, p.oid, 'MEMBER')))
       ORDER BY r.rolsuper DESC, r.rolname
       ${shown}`,
  },
  row,
  columns: {
    role: { title: 'Role', kind: 'text' },
    isSuperuser: { title: 'Superuser', kind: 'boolean' },
    replicates: { title: 'REPLICATION', kind: 'boolean' },
    bypassesRls: { title: 'BYPASSRLS', kind: 'boolean' },
    createsRoles: { title: 'CREATEROLE', kind: 'boolean' },
    createsDatabases: { title: 'CREATEDB', kind: 'boolean' },
    files: { title: 'Reaches files', kind: 'list' },
  },
  thresholds: {
    superusersWarn: { title: 'Superusers that may log in', unit: 'count', verdict: 'warn', standard: 2 },
    replicationWarn: { title: 'Other roles that may replicate', unit: 'count', verdict: 'warn', standard: 3 },
  },
  judge(rows, { thresholds: { superusersWarn, replicationWarn } }) {
    const superusers = rows.filter(({ isSuperuser }) => isSuperuser)
    const replicators = rows.filter((one) => one.replicates && !one.isSuperuser)
    const names = (some: typeof rows): string => some.map(({ role }) => role).join(', ')
    const findings: Finding[] = [
      ...judged(superusers.length, [superusersWarn], {
        text: `${superusers.length} superusers may log in: ${names(superusers)}.`,
        remedies: [
          {
            text: 'Keep one, for emergencies. pg_monitor, pg_maintain and ownership do for daily work.',
            sql: null,
          },
          ...superusers.map(({ role }) => ({
            text: `Of ${role}.`,
            sql: `ALTER ROLE ${pg.escapeIdentifier(role)} NOSUPERUSER;`,
          })),
        ],
      }),
      ...judged(replicators.length, [replicationWarn], {
        text: `${replicators.length} roles may copy the whole cluster by replication: ${names(replicators)}.`,
        remedies: replicators.map(({ role }) => ({
          text: `Of ${role}.`,
          sql: `ALTER ROLE ${pg.escapeIdentifier(role)} NOREPLICATION;`,
        })),
      }),
    ]
    rows.forEach(({ role, isSuperuser, bypassesRls, files }, index) => {
      if (isSuperuser) return
      if (bypassesRls) {
        findings.push({
          verdict: 'warn',
          text: `Row security does not bind ${role}.`,
          row: index,
          remedies: [
            { text: 'Take that away.', sql: `ALTER ROLE ${pg.escapeIdentifier(role)} NOBYPASSRLS;` },
          ],
        })
      }
      if (files.length > 0) {
        findings.push({
          verdict: 'warn',
          text: `${role} reaches files or programs of the server: ${files.join(', ')}. That is as much as a superuser has.`,
          row: index,
          remedies: files.map((group) => ({
            text: `Take ${group} away.`,
            sql: `REVOKE ${group} FROM ${pg.escapeIdentifier(role)};`,
          })),
        })
      }
    })
    return {
      summary: `${counted(rows.length, 'powerful log-in')}, ${counted(superusers.length, 'superuser')}.`,
      findings,
    }
  },
})
