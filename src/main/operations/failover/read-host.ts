import { sql } from 'kysely'
import type { FailoverFacts } from '../../../shared/failover.ts'
import { iso } from '../../session/iso.ts'
import type { Writing } from '../../session/writer.ts'
import { readTrail } from '../actions/recording.ts'
import { walEnd } from '../sql-parts.ts'

type Row = Omit<FailoverFacts, 'slots' | 'walSenders' | 'receiver' | 'replay' | 'recordingRefusal'> & {
  pause: string | null
  status: string | null
  sender: string | null
  slots: number
  maxSlots: number
  walSenders: number
  maxWalSenders: number
}

const statement = sql<Row>`
  SELECT pg_is_in_recovery() AS "inRecovery",
         current_setting('server_version') AS "version",
         CASE WHEN pg_is_in_recovery()
              THEN (SELECT coalesce((SELECT received_tli FROM pg_stat_wal_receiver), timeline_id) FROM pg_control_checkpoint())
              ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS "timeline",
         (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
         wal.last::text AS "walEndLsn",
         pg_wal_lsn_diff(wal.last, '0/0')::float8 AS "walEnd",
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()::text END AS "receivedLsn",
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END AS "replayedLsn",
         CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(wal.last, pg_last_wal_replay_lsn())::float8 END AS "unreplayedBytes",
         CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() END AS "pause",
         ${iso(sql`pg_last_xact_replay_timestamp()`)} AS "lastCommitAt",
         r.status,
         r.sender_host || ':' || r.sender_port AS "sender",
         (SELECT count(*) FROM pg_replication_slots)::int AS "slots",
         current_setting('max_replication_slots')::int AS "maxSlots",
         (SELECT count(*) FROM pg_stat_get_wal_senders())::int AS "walSenders",
         current_setting('max_wal_senders')::int AS "maxWalSenders",
         current_user::text AS "user",
         has_function_privilege('pg_promote(boolean, integer)', 'EXECUTE') AS "mayPromote",
         has_function_privilege('pg_wal_replay_resume()', 'EXECUTE') AS "mayResume"
    FROM (SELECT ${walEnd} AS last) AS wal
    LEFT JOIN pg_stat_wal_receiver AS r ON r.status IS NOT NULL`

const replayStates: Record<string, FailoverFacts['replay']> = {
  paused: 'paused',
  'pause requested': 'pause requested',
  'not paused': 'running',
}

/** What a server says of itself, as a candidate or as the primary that was. */
export const readFailoverFacts = async (query: Writing['query']): Promise<FailoverFacts> => {
  const [row] = await query(statement)
  if (row === undefined) throw new Error('a statement without a table has a row')
  const trail = await readTrail(query)
  const { pause, status, sender, slots, maxSlots, walSenders, maxWalSenders, ...facts } = row
  return {
    ...facts,
    replay: replayStates[pause ?? ''] ?? null,
    receiver: status === null ? null : { status, sender },
    slots: { used: slots, max: maxSlots },
    walSenders: { used: walSenders, max: maxWalSenders },
    recordingRefusal:
      trail.isThere && !trail.mayRecord
        ? `${trail.user} may not record the promotion in the audit trail of this database.`
        : null,
  }
}
