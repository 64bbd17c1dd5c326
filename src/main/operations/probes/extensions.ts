import { sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  name: z.string(),
  version: z.string(),
  available: z.string().nullable(),
  schema: z.string(),
  owner: z.string(),
  isTrusted: z.boolean().nullable(),
  reachesOut: z.boolean(),
})

/** They let SQL act on the server’s machine or on other servers. */
const reachingOut = [
  'plpython3u',
  'plperlu',
  'pltclu',
  'file_fdw',
  'dblink',
  'postgres_fdw',
  'adminpack',
  'http',
  'pg_net',
]

export const extensions = defineProbe({
  id: 'extensions',
  title: 'Extensions',
  about: 'What is installed, what is older than the server brings, and what reaches beyond the database.',
  section: 'security',
  cadence: 'weekly',
  interval: 600,
  needs: [],
  sql: {
    14: sql`
      SELECT e.extname::text AS "name",
             e.extversion AS "version",
             a.default_version AS "available",
             n.nspname::text AS "schema",
             pg_get_userbyid(e.extowner)::text AS "owner",
             (SELECT v.trusted FROM pg_available_extension_versions AS v WHERE v.name = e.extname AND v.version = e.extversion) AS "isTrusted",
             e.extname = ANY (${reachingOut}::text[]) AS "reachesOut"
        FROM pg_extension AS e
        JOIN pg_namespace AS n ON n.oid = e.extnamespace
        LEFT JOIN pg_available_extensions AS a ON a.name = e.extname
       ORDER BY e.extname
       ${shown}`,
  },
  row,
  columns: {
    name: { title: 'Extension', kind: 'text' },
    version: { title: 'Version', kind: 'text' },
    available: { title: 'Server brings', kind: 'text' },
    schema: { title: 'Schema', kind: 'text' },
    owner: { title: 'Owner', kind: 'text' },
    isTrusted: { title: 'Trusted', kind: 'boolean', note: 'May be created without a superuser' },
    reachesOut: { title: 'Reaches out', kind: 'boolean' },
  },
  thresholds: {},
  judge(rows) {
    const findings = rows.flatMap(({ name, version, available, reachesOut }, index): Finding[] => [
      ...(available === null || available === version
        ? []
        : [
            {
              verdict: 'warn' as const,
              text: `${name} is ${version}; the server brings ${available}.`,
              row: index,
              remedies: [
                {
                  text: 'Update it, by a migration.',
                  sql: `ALTER EXTENSION ${pg.escapeIdentifier(name)} UPDATE;`,
                },
              ],
            },
          ]),
      ...(reachesOut
        ? [
            {
              verdict: 'warn' as const,
              text: `${name} lets SQL reach other servers, or files and programs of this one.`,
              row: index,
              remedies: [
                {
                  text: 'Drop it where nobody needs it.',
                  sql: `DROP EXTENSION ${pg.escapeIdentifier(name)};`,
                },
              ],
            },
          ]
        : []),
    ])
    if (!rows.some(({ name }) => name === 'pgaudit')) {
      findings.push({
        verdict: 'ok',
        text: 'pgaudit is not installed: what is read leaves no trace on the server. The audit trail records what is written.',
      })
    }
    return { summary: `${counted(rows.length, 'extension')}.`, findings }
  },
})
