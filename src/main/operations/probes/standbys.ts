import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { counted, judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'
import { shown, walEnd } from '../sql-parts.ts'

const row = z.object({
  pid: z.int(),
  name: z.string(),
  address: z.string().nullable(),
  user: z.string().nullable(),
  kind: z.enum(['standby', 'logical', 'backup']),
  state: z.string().nullable(),
  syncState: z.string().nullable(),
  slot: z.string().nullable(),
  sentBehind: z.number().nullable(),
  writeBehind: z.number().nullable(),
  flushBehind: z.number().nullable(),
  replayBehind: z.number().nullable(),
  writeLag: z.number().nullable(),
  flushLag: z.number().nullable(),
  replayLag: z.number().nullable(),
  repliedAt: z.string().nullable(),
  since: z.string().nullable(),
})
type Row = z.infer<typeof row>

const named = ({ kind, name }: Pick<Row, 'kind' | 'name'>): string =>
  `${kind === 'logical' ? 'Subscriber' : 'Standby'} "${name}"`

export const standbys = defineProbe({
  id: 'standbys',
  title: 'Standbys',
  about: 'How much WAL each standby and subscriber that streams from this server has still to replay.',
  section: 'replication',
  cadence: 'live',
  interval: 5,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  sql: {
    14: sql`
      SELECT r.pid,
             coalesce(nullif(r.application_name, ''), r.pid::text) AS "name",
             coalesce(host(r.client_addr), 'socket') AS "address",
             r.usename::text AS "user",
             CASE WHEN s.slot_type = 'logical' THEN 'logical' WHEN r.state = 'backup' THEN 'backup' ELSE 'standby' END AS "kind",
             r.state,
             r.sync_state AS "syncState",
             s.slot_name::text AS "slot",
             pg_wal_lsn_diff(wal.lsn, r.sent_lsn)::float8 AS "sentBehind",
             pg_wal_lsn_diff(wal.lsn, r.write_lsn)::float8 AS "writeBehind",
             pg_wal_lsn_diff(wal.lsn, r.flush_lsn)::float8 AS "flushBehind",
             pg_wal_lsn_diff(wal.lsn, r.replay_lsn)::float8 AS "replayBehind",
             extract(epoch FROM r.write_lag)::float8 AS "writeLag",
             extract(epoch FROM r.flush_lag)::float8 AS "flushLag",
             extract(epoch FROM r.replay_lag)::float8 AS "replayLag",
             ${iso(sql`r.reply_time`)} AS "repliedAt",
             ${iso(sql`r.backend_start`)} AS "since"
        FROM pg_stat_replication AS r
        LEFT JOIN pg_replication_slots AS s ON s.active_pid = r.pid
       CROSS JOIN (SELECT ${walEnd} AS lsn) AS wal
       ORDER BY "replayBehind" DESC NULLS FIRST
       ${shown}`,
  },
  row,
  columns: {
    pid: { title: 'PID', kind: 'number', isHidden: true },
    name: { title: 'Name', kind: 'text', note: 'application_name' },
    address: { title: 'Address', kind: 'text' },
    user: { title: 'User', kind: 'text' },
    kind: { title: 'Kind', kind: 'text' },
    state: { title: 'State', kind: 'text' },
    syncState: { title: 'Synchronous', kind: 'text' },
    slot: { title: 'Slot', kind: 'text' },
    sentBehind: { title: 'Not sent', kind: 'bytes' },
    writeBehind: { title: 'Not written', kind: 'bytes' },
    flushBehind: { title: 'Not flushed', kind: 'bytes' },
    replayBehind: {
      title: 'Not replayed',
      kind: 'bytes',
      note: 'WAL that would be missing after a promotion',
    },
    writeLag: { title: 'Write lag', kind: 'seconds' },
    flushLag: { title: 'Flush lag', kind: 'seconds' },
    replayLag: {
      title: 'Replay lag',
      kind: 'seconds',
      note: 'Of the last WAL it replayed; empty when it has replayed all',
    },
    repliedAt: { title: 'Last reply', kind: 'timestamp' },
    since: { title: 'Connected', kind: 'timestamp' },
  },
  thresholds: {
    lagWarn: {
      title: 'WAL that a standby is behind',
      unit: 'bytes',
      verdict: 'warn',
      standard: 64 * 1024 ** 2,
    },
    lagCritical: {
      title: 'WAL that a standby is behind',
      unit: 'bytes',
      verdict: 'critical',
      standard: 1024 ** 3,
    },
    secondsWarn: { title: 'Time that a standby is behind', unit: 'seconds', verdict: 'warn', standard: 30 },
    secondsCritical: {
      title: 'Time that a standby is behind',
      unit: 'seconds',
      verdict: 'critical',
      standard: 300,
    },
  },
  judge(rows, { thresholds: { lagWarn, lagCritical, secondsWarn, secondsCritical } }) {
    const findings = rows.flatMap((one, index): Finding[] => {
      if (one.kind === 'backup') return []
      const about = named(one)
      if (one.replayBehind === null) {
        return [
          {
            verdict: 'unknown',
            text: `${about} has not said how far it is (${one.state ?? 'no state'}).`,
            row: index,
          },
        ]
      }
      const bytes = judged(one.replayBehind, [lagWarn, lagCritical], {
        text: `${about} has ${formatBytes(one.replayBehind)} of WAL still to replay.`,
        row: index,
      })
      // Where there is nothing to replay, the last lag that was measured says nothing.
      const seconds = judged(one.replayBehind === 0 ? null : one.replayLag, [secondsWarn, secondsCritical], {
        text: `${about} replays what was written ${formatSeconds(one.replayLag ?? 0)} ago.`,
        row: index,
      })
      return [...bytes, ...seconds]
    })
    const streaming = rows.filter(({ kind }) => kind !== 'backup')
    const furthest = Math.max(0, ...streaming.map(({ replayBehind }) => replayBehind ?? 0))
    return {
      summary:
        streaming.length === 0
          ? 'Nobody streams from this server.'
          : `${counted(streaming.length, 'stream')}, at most ${formatBytes(furthest)} behind.`,
      findings,
    }
  },
})
