import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { ReplayPlan, SetReplayInput, SetReplayOutput } from '../../../shared/operations-actions.ts'
import type { Writer, Writing } from '../../session/writer.ts'
import { readRecording, recordAct } from './recording.ts'

/** Milliseconds that the change is waited for: replay pauses at a record, of which none may come. */
const watchTime = 5000

type Replay = Pick<ReplayPlan, 'state' | 'waiting'> & { me: string; mayPause: boolean; mayResume: boolean }

/** Fails with `CONFLICT` on a server that replays nothing. */
const readReplay = async (query: Writing['query']): Promise<Replay> => {
  const [replay] = await query(
    sql<Replay & { inRecovery: boolean }>`
      SELECT pg_is_in_recovery() AS "inRecovery",
             CASE WHEN pg_is_in_recovery()
                  THEN CASE pg_get_wal_replay_pause_state() WHEN 'paused' THEN 'paused' WHEN 'pause requested' THEN 'requested' ELSE 'running' END
              END AS "state",
             pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8 AS "waiting",
             current_user::text AS "me",
             has_function_privilege('pg_wal_replay_pause()', 'EXECUTE') AS "mayPause",
             has_function_privilege('pg_wal_replay_resume()', 'EXECUTE') AS "mayResume"`,
  )
  if (replay?.inRecovery === true) return replay
  throw new ConsoleError(
    'CONFLICT',
    'This server is no standby: it replays nothing.',
    'Connect to a standby.',
  )
}

const refusalOf = ({ me, mayPause, mayResume }: Replay): ConsoleError | null =>
  mayPause && mayResume
    ? null
    : new ConsoleError(
        'PERMISSION_DENIED',
        `${me} may not pause or resume the replay of WAL.`,
        `Let a superuser run on the primary: GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume() TO ${pg.escapeIdentifier(me)};`,
      )

export const planReplay = async (query: Writing['query']): Promise<ReplayPlan> => {
  const found = await readReplay(query)
  return {
    state: found.state,
    waiting: found.waiting,
    effects: {
      pause: [
        'This standby goes on receiving WAL and keeps it, but what it shows stands still.',
        'Its disk fills as long as that lasts, and a promotion replays what was received first.',
      ],
      resume: [
        'It replays what it has received, and ends queries that stand in the way for longer than it waits for them.',
      ],
    },
    refusal: refusalOf(found)?.toShape() ?? null,
    recording: await readRecording(query),
  }
}

/** Pauses or resumes the replay of a standby, and waits until it is so. */
export const setReplay = async (
  { writer, query }: { writer: Writer; query: Writing['query'] },
  { act, reason }: SetReplayInput,
  signal: AbortSignal,
): Promise<SetReplayOutput> => {
  const recording = await writer.write(reason, signal, async (writing) => {
    const refusal = refusalOf(await readReplay(writing.query))
    if (refusal !== null) throw refusal
    const recorded = await recordAct(writing.query, { what: `${act} replay`, scope: {}, reason })
    await writing.query(
      act === 'pause' ? sql`SELECT pg_wal_replay_pause()` : sql`SELECT pg_wal_replay_resume()`,
    )
    return recorded
  })
  const wanted = act === 'pause' ? 'paused' : 'running'
  const started = performance.now()
  let { state } = await readReplay(query)
  while (state !== wanted && performance.now() - started < watchTime) {
    await wait(50)
    state = (await readReplay(query)).state
  }
  return { state, text: texts[state], recording }
}

const texts: Record<ReplayPlan['state'], string> = {
  running: 'The standby replays.',
  requested: 'The standby was asked to pause, and does at the next record.',
  paused: 'The standby has paused.',
}
