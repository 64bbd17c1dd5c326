import { sql } from 'kysely'
import { z } from 'zod'
import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import { iso } from '../../session/iso.ts'
import { judged } from '../judging.ts'
import { defineProbe, type Finding } from '../probe.ts'

const row = z.object({
  status: z.string().nullable(),
  sender: z.string().nullable(),
  slot: z.string().nullable(),
  receivedLsn: z.string().nullable(),
  replayedLsn: z.string().nullable(),
  sentBehind: z.number().nullable(),
  unreplayed: z.number().nullable(),
  replayBehind: z.number().nullable(),
  lastReplayed: z.string().nullable(),
  secondsBehind: z.number().nullable(),
  silence: z.number().nullable(),
  pause: z.string(),
})

export const receiver = defineProbe({
  id: 'receiver',
  title: 'WAL receiver',
  about:
    'On a standby: whether WAL arrives and is replayed, and how far it is behind what its sender last spoke of.',
  section: 'replication',
  cadence: 'live',
  interval: 5,
  needs: [{ kind: 'role', name: 'pg_read_all_stats' }],
  // latest_end_lsn is the end of the sender's WAL as of its last message, whatever the documentation calls it.
  sql: {
    14: sql`
      SELECT r.status,
             r.sender_host || ':' || r.sender_port AS "sender",
             r.slot_name::text AS "slot",
             received.lsn::text AS "receivedLsn",
             replayed.lsn::text AS "replayedLsn",
             greatest(pg_wal_lsn_diff(r.latest_end_lsn, r.flushed_lsn), 0)::float8 AS "sentBehind",
             greatest(pg_wal_lsn_diff(received.lsn, replayed.lsn), 0)::float8 AS "unreplayed",
             CASE WHEN r.latest_end_lsn IS NOT NULL
                  THEN greatest(pg_wal_lsn_diff(r.latest_end_lsn, replayed.lsn), 0)::float8 END AS "replayBehind",
             ${iso(sql`pg_last_xact_replay_timestamp()`)} AS "lastReplayed",
             CASE WHEN r.latest_end_lsn IS NULL THEN NULL
                  WHEN r.latest_end_lsn <= replayed.lsn THEN 0
                  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8 AS "secondsBehind",
             extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)::float8 AS "silence",
             pg_get_wal_replay_pause_state() AS "pause"
        FROM (SELECT pg_last_wal_receive_lsn() AS lsn) AS received
       CROSS JOIN (SELECT pg_last_wal_replay_lsn() AS lsn) AS replayed
        LEFT JOIN pg_stat_wal_receiver AS r ON true
       WHERE pg_is_in_recovery()`,
  },
  row,
  columns: {
    status: { title: 'Status', kind: 'text' },
    sender: { title: 'Sender', kind: 'text' },
    slot: { title: 'Slot', kind: 'text' },
    receivedLsn: { title: 'Received', kind: 'text' },
    replayedLsn: { title: 'Replayed', kind: 'text' },
    sentBehind: { title: 'Not received', kind: 'bytes' },
    unreplayed: { title: 'Received and not replayed', kind: 'bytes' },
    replayBehind: {
      title: 'Behind',
      kind: 'bytes',
      note: 'As of the sender’s last message; empty where nothing is received, since then nobody here knows',
    },
    lastReplayed: { title: 'Last commit replayed', kind: 'timestamp' },
    secondsBehind: {
      title: 'Behind',
      kind: 'seconds',
      note: 'Age of the last commit replayed, where more is to be replayed',
    },
    silence: { title: 'Since the last message', kind: 'seconds' },
    pause: { title: 'Replay paused', kind: 'text' },
  },
  thresholds: {
    lagWarn: { title: 'WAL behind', unit: 'bytes', verdict: 'warn', standard: 64 * 1024 ** 2 },
    lagCritical: { title: 'WAL behind', unit: 'bytes', verdict: 'critical', standard: 1024 ** 3 },
    secondsWarn: { title: 'Time behind', unit: 'seconds', verdict: 'warn', standard: 30 },
    secondsCritical: { title: 'Time behind', unit: 'seconds', verdict: 'critical', standard: 300 },
    secondsFrom: {
      title: 'WAL behind from which time counts',
      unit: 'bytes',
      verdict: null,
      standard: 1024 ** 2,
    },
    silenceWarn: { title: 'Time without a message', unit: 'seconds', verdict: 'warn', standard: 60 },
    silenceCritical: { title: 'Time without a message', unit: 'seconds', verdict: 'critical', standard: 300 },
  },
  judge([standby], { thresholds }) {
    if (standby === undefined)
      return { summary: 'This server is a primary: it receives no WAL.', findings: [] }
    const { lagWarn, lagCritical, secondsWarn, secondsCritical, secondsFrom, silenceWarn, silenceCritical } =
      thresholds
    const findings: Finding[] = []
    if (standby.pause !== 'not paused') {
      findings.push({
        verdict: 'critical',
        text: `Replay is paused (${standby.pause}): what arrives is not applied.`,
        row: 0,
        remedies: [{ text: 'Let a superuser resume it.', sql: 'SELECT pg_wal_replay_resume();' }],
      })
    }
    if (standby.status !== 'streaming') {
      findings.push({
        verdict: 'critical',
        text: `No WAL is streamed to this standby (${standby.status ?? 'no receiver'}): how far it is behind is not known here.`,
        row: 0,
        remedies: [
          {
            text: 'Look at the log of this server, at primary_conninfo, and whether its sender is up. Where WAL comes from an archive only, this is expected.',
            sql: null,
          },
        ],
      })
    }
    const { replayBehind, secondsBehind, silence } = standby
    findings.push(
      ...judged(silence, [silenceWarn, silenceCritical], {
        text: `The sender has said nothing for ${formatSeconds(silence ?? 0)}.`,
        row: 0,
      }),
      ...judged(replayBehind, [lagWarn, lagCritical], {
        text: `${formatBytes(replayBehind ?? 0)} of WAL are still to be received and replayed.`,
        row: 0,
      }),
      // The first commit after a quiet hour is no lag of an hour.
      ...judged(
        (replayBehind ?? 0) >= secondsFrom.value ? secondsBehind : null,
        [secondsWarn, secondsCritical],
        {
          text: `The last commit replayed is ${formatSeconds(secondsBehind ?? 0)} old, and more is waiting.`,
          row: 0,
        },
      ),
    )
    return {
      summary:
        replayBehind === null
          ? 'How far this standby is behind is not known.'
          : `${formatBytes(replayBehind)} behind ${standby.sender ?? 'its sender'}.`,
      findings,
    }
  },
})
