import { sql } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { Remedy } from '../../../shared/operations.ts'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding, type ProbeSql } from '../probe.ts'
import { shown, walEnd } from '../sql-parts.ts'

const row = z.object({
  name: z.string(),
  kind: z.string(),
  database: z.string().nullable(),
  plugin: z.string().nullable(),
  isActive: z.boolean(),
  isTemporary: z.boolean(),
  walStatus: z.string().nullable(),
  retained: z.number().nullable(),
  safe: z.number().nullable(),
  inactiveSince: z.string().nullable(),
  inactiveSeconds: z.number().nullable(),
  invalidation: z.string().nullable(),
  xminAge: z.number().nullable(),
})

/** Since 17 a slot says since when nobody uses it, and why it was given up. */
const statement =
  (major: number): ProbeSql =>
  () => {
    const inactive = major >= 17 ? sql`s.inactive_since` : sql`NULL::timestamptz`
    return sql`
      SELECT s.slot_name::text AS "name",
             s.slot_type AS "kind",
             s.database::text AS "database",
             s.plugin::text AS "plugin",
             s.active AS "isActive",
             s.temporary AS "isTemporary",
             s.wal_status AS "walStatus",
             pg_wal_lsn_diff(wal.lsn, s.restart_lsn)::float8 AS "retained",
             s.safe_wal_size::float8 AS "safe",
             ${iso(inactive)} AS "inactiveSince",
             extract(epoch FROM clock_timestamp() - ${inactive})::float8 AS "inactiveSeconds",
             ${major >= 17 ? sql`s.invalidation_reason` : sql`NULL::text`} AS "invalidation",
             greatest(age(s.xmin), age(s.catalog_xmin))::float8 AS "xminAge"
        FROM pg_replication_slots AS s
       CROSS JOIN (SELECT ${walEnd} AS lsn) AS wal
       ORDER BY "retained" DESC NULLS FIRST
       ${shown}`
  }

const drop = (name: string): Remedy => ({
  text: 'Drop it if nobody will come back for it. A standby that used it has to be made anew.',
  sql: `SELECT pg_drop_replication_slot(${pg.escapeLiteral(name)});`,
})

export const slots = defineProbe({
  id: 'slots',
  title: 'Replication slots',
  about: 'WAL that is kept for standbys and subscribers, and for whom in vain.',
  section: 'replication',
  cadence: 'live',
  interval: 10,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: { 14: statement(14), 17: statement(17) },
  row,
  columns: {
    name: { title: 'Slot', kind: 'text' },
    kind: { title: 'Kind', kind: 'text' },
    database: { title: 'Database', kind: 'text' },
    plugin: { title: 'Plugin', kind: 'text' },
    isActive: { title: 'In use', kind: 'boolean' },
    isTemporary: { title: 'Temporary', kind: 'boolean' },
    walStatus: {
      title: 'WAL',
      kind: 'text',
      note: 'lost: what it needs is gone; unreserved: it goes at the next checkpoint',
    },
    retained: { title: 'Kept for it', kind: 'bytes' },
    safe: {
      title: 'Until it is lost',
      kind: 'bytes',
      note: 'By max_slot_wal_keep_size; empty where there is no limit',
    },
    inactiveSince: { title: 'Not used since', kind: 'timestamp', note: 'PostgreSQL 17' },
    inactiveSeconds: { title: 'Not used for', kind: 'seconds', note: 'PostgreSQL 17' },
    invalidation: { title: 'Why it was given up', kind: 'text', note: 'PostgreSQL 17' },
    xminAge: {
      title: 'Holds back',
      kind: 'count',
      note: 'Transactions whose dead rows VACUUM may not take away',
    },
  },
  thresholds: {
    retainedWarn: { title: 'WAL kept for a slot', unit: 'bytes', verdict: 'warn', standard: 64 * 1024 ** 2 },
    retainedCritical: {
      title: 'WAL kept for a slot',
      unit: 'bytes',
      verdict: 'critical',
      standard: 1024 ** 3,
    },
    inactiveWarn: { title: 'Time that a slot is not used', unit: 'seconds', verdict: 'warn', standard: 1800 },
  },
  judge(rows, { thresholds: { retainedWarn, retainedCritical, inactiveWarn } }) {
    const findings = rows.flatMap((slot, index): Finding[] => {
      const about = `Slot "${slot.name}"`
      const place = { row: index, remedies: slot.isActive ? [] : [drop(slot.name)] }
      if (slot.walStatus === 'lost' || slot.invalidation !== null) {
        const why = slot.invalidation === null ? '' : ` (${slot.invalidation})`
        return [{ ...place, verdict: 'critical', text: `${about} is lost: WAL that it needs is gone${why}.` }]
      }
      const found: Finding[] = []
      if (slot.walStatus === 'unreserved') {
        found.push({
          ...place,
          verdict: 'critical',
          text: `${about} is about to be lost: the next checkpoint takes WAL away that it needs.`,
        })
      }
      found.push(
        ...judged(slot.retained, [retainedWarn, retainedCritical], {
          ...place,
          text: `${about} keeps ${formatBytes(slot.retained ?? 0)} of WAL${slot.isActive ? '' : ', and nobody uses it'}.`,
        }),
      )
      // A slot that keeps nothing harms nobody.
      if (slot.isActive || (slot.retained === null && slot.xminAge === null)) return found
      if (slot.inactiveSeconds === null) {
        found.push({
          ...place,
          verdict: 'warn',
          text: `${about} is not used; since when, the server says from version 17 on.`,
        })
      } else {
        found.push(
          ...judged(slot.inactiveSeconds, [inactiveWarn], {
            ...place,
            text: `${about} has not been used for ${formatSeconds(slot.inactiveSeconds)}.`,
          }),
        )
      }
      return found
    })
    const kept = Math.max(0, ...rows.map(({ retained }) => retained ?? 0))
    return {
      summary:
        rows.length === 0
          ? 'There are no slots.'
          : `${counted(rows.length, 'slot')}, ${rows.filter(({ isActive }) => isActive).length} in use, at most ${formatBytes(kept)} kept.`,
      findings,
    }
  },
})
