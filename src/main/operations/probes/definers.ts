import { sql } from 'kysely'
import { z } from 'zod'
import { counted } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown } from '../sql-parts.ts'

const row = z.object({
  routine: z.string(),
  owner: z.string(),
  ownerIsSuperuser: z.boolean(),
  isPinned: z.boolean(),
  searchPath: z.string().nullable(),
  isForEverybody: z.boolean(),
})

export const definers = defineProbe({
  id: 'definers',
  title: 'SECURITY DEFINER',
  about: 'Routines that act with their owner’s rights, and look names up where the caller says.',
  section: 'security',
  cadence: 'weekly',
  interval: 300,
  needs: [],
  sql: {
    14: sql`
      SELECT p.oid::regprocedure::text AS "routine",
             pg_get_userbyid(p.proowner)::text AS "owner",
             coalesce((SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = p.proowner), false) AS "ownerIsSuperuser",
             coalesce(p.proconfig::text LIKE '%search_path=%', false) AS "isPinned",
             (SELECT substr(c, 13) FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%') AS "searchPath",
             p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) AS g WHERE g.grantee = 0) AS "isForEverybody"
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
       WHERE p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
       ORDER BY "isPinned", "ownerIsSuperuser" DESC, "routine"
       ${shown}`,
  },
  row,
  columns: {
    routine: { title: 'Routine', kind: 'text' },
    owner: { title: 'Acts as', kind: 'text' },
    ownerIsSuperuser: { title: 'A superuser', kind: 'boolean' },
    isPinned: { title: 'search_path pinned', kind: 'boolean' },
    searchPath: { title: 'search_path', kind: 'text' },
    isForEverybody: { title: 'Everybody may call it', kind: 'boolean' },
  },
  thresholds: {},
  judge: (rows) => ({
    summary: `${counted(rows.length, 'routine')} with their owner’s rights, ${rows.filter(({ isPinned }) => !isPinned).length} of them without a pinned search_path.`,
    findings: rows.flatMap(
      ({ routine, owner, ownerIsSuperuser, isPinned, isForEverybody }, index): Finding[] =>
        isPinned
          ? []
          : [
              {
                verdict: ownerIsSuperuser && isForEverybody ? 'critical' : 'warn',
                text: `${routine} acts as ${owner}, and ${isForEverybody ? 'everybody who calls it' : 'its caller'} chooses which objects it finds.`,
                row: index,
                remedies: [
                  {
                    text: 'Pin it, by a migration; schemas that it needs come before pg_temp.',
                    sql: `ALTER ROUTINE ${routine} SET search_path = pg_catalog, pg_temp;`,
                  },
                ],
              },
            ],
    ),
  }),
})
