import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import type { Remedy } from '../../../shared/operations.ts'
import { judged } from '../judging.ts'
import { hiddenSessions } from '../needs.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { mayMaintain, shown } from '../sql-parts.ts'

const row = z.object({
  kind: z.enum(['database', 'table', 'backend', 'slot', 'prepared', 'standby']),
  name: z.string(),
  xids: z.number().nullable(),
  multixacts: z.number().nullable(),
  usedPercent: z.number().nullable(),
  detail: z.string().nullable(),
  pid: z.int().nullable(),
  mayMaintain: z.boolean().nullable(),
})
type Row = z.infer<typeof row>

/** Transactions of which the server can tell old from new. */
const wrapsAt = 2 ** 31

const holderWords = {
  backend: 'Backend',
  slot: 'Slot',
  prepared: 'Prepared transaction',
  standby: 'Standby',
} as const

const isHolder = (one: Row): one is Row & { kind: keyof typeof holderWords } => one.kind in holderWords

const holderName = ({ kind, name, detail }: Row & { kind: keyof typeof holderWords }): string =>
  `${holderWords[kind]} ${name}${detail === null ? '' : ` (${detail})`}`

const release = ({ kind, name, pid }: Row): Remedy[] => {
  switch (kind) {
    case 'backend':
      return [
        {
          text: 'End its transaction: what it did since its BEGIN rolls back.',
          sql: `SELECT pg_terminate_backend(${pid ?? 0});`,
        },
      ]
    case 'slot':
      return [
        {
          text: 'Drop it if nobody will come back for it.',
          sql: `SELECT pg_drop_replication_slot(${pg.escapeLiteral(name)});`,
        },
      ]
    case 'prepared':
      return [
        { text: 'Ask its transaction manager first.', sql: `ROLLBACK PREPARED ${pg.escapeLiteral(name)};` },
      ]
    case 'standby':
      return [
        {
          text: 'Look for a long transaction on it: hot_standby_feedback keeps rows for it here.',
          sql: null,
        },
      ]
    default:
      return []
  }
}

const statement = (major: number): RawBuilder<unknown> => {
  const used = sql`(100.0 * greatest(xids, multixacts) / ${sql.lit(wrapsAt)})::float8`
  return sql`
    SELECT kind, name, xids::float8 AS "xids", multixacts::float8 AS "multixacts", ${used} AS "usedPercent",
           detail, pid, may_maintain AS "mayMaintain"
      FROM ((SELECT 1 AS place, 'database' AS kind, d.datname::text AS name, age(d.datfrozenxid) AS xids, mxid_age(d.datminmxid) AS multixacts,
                    CASE WHEN d.datallowconn THEN NULL ELSE 'takes no connections' END AS detail, NULL::int AS pid, NULL::bool AS may_maintain
               FROM pg_database AS d)
            UNION ALL
            -- TOAST is vacuumed with the table that it belongs to.
            (SELECT 2, 'table', c.oid::regclass::text, greatest(age(c.relfrozenxid), age(t.relfrozenxid)),
                    greatest(mxid_age(c.relminmxid), mxid_age(t.relminmxid)),
                    CASE WHEN c.relpersistence = 't' THEN 'temporary'
                         WHEN age(t.relfrozenxid) > age(c.relfrozenxid) THEN 'its TOAST table' END, NULL, ${mayMaintain(major)}
               FROM pg_class AS c
               LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
              WHERE c.relkind IN ('r', 'm')
              ORDER BY 4 DESC
              LIMIT 50)
            UNION ALL
            (SELECT 3, 'backend', a.pid::text, greatest(age(a.backend_xmin), age(a.backend_xid)), NULL,
                    concat_ws(', ', a.usename, a.application_name, a.state), a.pid, NULL
               FROM pg_stat_activity AS a
              WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
                AND a.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'walsender'
              ORDER BY 4 DESC
              LIMIT 20)
            UNION ALL
            SELECT 3, 'slot', s.slot_name::text, greatest(age(s.xmin), age(s.catalog_xmin)), NULL,
                   CASE WHEN s.active THEN 'in use' ELSE 'not in use' END, s.active_pid, NULL
              FROM pg_replication_slots AS s
             WHERE s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL
            UNION ALL
            SELECT 3, 'prepared', p.gid, age(p.transaction), NULL, concat_ws(', ', p.owner, p.database), NULL, NULL
              FROM pg_prepared_xacts AS p
            UNION ALL
            SELECT 3, 'standby', r.application_name, age(r.backend_xmin), NULL, host(r.client_addr), r.pid, NULL
              FROM pg_stat_replication AS r
             WHERE r.backend_xmin IS NOT NULL) AS ages
     ORDER BY place, greatest(xids, multixacts) DESC NULLS LAST
     ${shown}`
}

export const wraparound = defineProbe({
  id: 'wraparound',
  title: 'Wraparound',
  about:
    'How far databases and tables, TOAST included, are from running out of transaction numbers, and who keeps VACUUM from freezing.',
  section: 'maintenance',
  cadence: 'weekly',
  interval: 300,
  timeout: 15_000,
  needs: [],
  // age() looks at the next number; pg_current_xact_id() would take one each time.
  sql: { 14: statement(14), 17: statement(17) },
  row,
  columns: {
    kind: { title: 'What', kind: 'text' },
    name: { title: 'Name', kind: 'text' },
    xids: {
      title: 'Transactions',
      kind: 'count',
      note: 'Since its oldest row was frozen; of a holder: what it keeps from VACUUM',
    },
    multixacts: { title: 'Multixacts', kind: 'count' },
    usedPercent: { title: 'Of two billion', kind: 'percent' },
    detail: { title: 'Detail', kind: 'text' },
    pid: { title: 'PID', kind: 'number' },
    mayMaintain: { title: 'You may', kind: 'boolean', note: 'VACUUM it' },
  },
  thresholds: {
    ageWarn: {
      title: 'Transactions since a table was frozen',
      unit: 'count',
      verdict: 'warn',
      standard: 500_000_000,
    },
    ageCritical: {
      title: 'Transactions since a table was frozen',
      unit: 'count',
      verdict: 'critical',
      standard: 1_200_000_000,
    },
    holderWarn: {
      title: 'Transactions that one holder keeps from VACUUM',
      unit: 'count',
      verdict: 'warn',
      standard: 10_000_000,
    },
  },
  judge(rows, { server, thresholds: { ageWarn, ageCritical, holderWarn } }) {
    const oldest = rows.filter(isHolder)[0]
    const because = oldest === undefined ? '' : ` The horizon is held by ${holderName(oldest)}.`
    const findings = rows.flatMap((one, index): Finding[] => {
      if (isHolder(one)) {
        return judged(one.xids, [holderWarn], {
          text: `${holderName(one)} keeps the dead rows of ${(one.xids ?? 0).toLocaleString('en')} transactions from VACUUM.`,
          row: index,
          remedies: release(one),
        })
      }
      const age = Math.max(one.xids ?? 0, one.multixacts ?? 0)
      const elsewhere = one.kind === 'database' && one.name !== server.database
      return judged(age, [ageWarn, ageCritical], {
        text: `${one.kind === 'database' ? 'Database' : 'Table'} ${one.name} is ${age.toLocaleString('en')} of ${wrapsAt.toLocaleString('en')} transactions old.${because}`,
        row: index,
        remedies: elsewhere
          ? [{ text: 'Connect to that database to see its tables.', sql: null }]
          : [
              { text: 'End who holds the horizon first.', sql: null },
              {
                text: 'Freeze it.',
                sql: one.kind === 'table' ? `VACUUM (FREEZE, VERBOSE) ${one.name};` : 'VACUUM (FREEZE);',
              },
            ],
      })
    })
    if (!server.seesAll) findings.push(hiddenSessions(server, 'who holds the horizon'))
    const age = Math.max(0, ...rows.flatMap((one) => (one.kind === 'database' ? [one.xids ?? 0] : [])))
    return {
      summary: `The oldest database is ${((100 * age) / wrapsAt).toFixed(0)} % of the way.${because}`,
      findings,
    }
  },
})
