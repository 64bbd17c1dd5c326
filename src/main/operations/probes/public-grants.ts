import { sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  kind: z.enum(['schema', 'table', 'sequence']),
  name: z.string(),
  privileges: z.array(z.string()),
  owner: z.string().nullable(),
})

export const publicGrants = defineProbe({
  id: 'public-grants',
  title: 'Grants to PUBLIC',
  about:
    'What every role may do without being named: make objects in a schema, read or write tables. What extensions bring is left out.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  timeout: 15_000,
  needs: [],
  // Before 15 schema public let everybody create.
  sql: {
    14: sql`
      SELECT * FROM (
        SELECT 'schema' AS "kind", quote_ident(n.nspname) AS "name", array_agg(g.privilege_type::text) AS "privileges", pg_get_userbyid(n.nspowner)::text AS "owner"
          FROM pg_namespace AS n, aclexplode(n.nspacl) AS g
         WHERE g.grantee = 0 AND g.privilege_type = 'CREATE' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         GROUP BY n.nspname, n.nspowner
        UNION ALL
        SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, c.oid::regclass::text,
               array_agg(DISTINCT g.privilege_type::text), pg_get_userbyid(c.relowner)::text
          FROM pg_class AS c
          JOIN pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS g
         WHERE g.grantee = 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
         GROUP BY c.oid, c.relkind, c.relowner) AS found
       ORDER BY "kind", "name"
       ${shown}`,
  },
  row,
  columns: {
    kind: { title: 'What', kind: 'text' },
    name: { title: 'Name', kind: 'text' },
    privileges: { title: 'PUBLIC may', kind: 'list' },
    owner: { title: 'Owner', kind: 'text' },
  },
  thresholds: {},
  judge: (rows) => ({
    summary:
      rows.length === 0
        ? 'Nothing is granted to everybody.'
        : `${counted(rows.length, 'object')} granted to everybody.`,
    findings: rows.map(
      ({ kind, name, privileges }, index): Finding => ({
        verdict: 'warn',
        text:
          kind === 'schema'
            ? `Everybody may create objects in the schema ${name}: one that is named like yours is called in its place.`
            : `Everybody may ${privileges.join(', ')} the ${kind} ${name}.`,
        row: index,
        remedies: [
          {
            text: 'Take it away, by a migration, once who needs it has a grant of its own.',
            sql: `REVOKE ${privileges.join(', ')} ON ${kind.toUpperCase()} ${name} FROM PUBLIC;`,
          },
        ],
      }),
    ),
  }),
})
