import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import type {
  EndBackendInput,
  EndBackendOutput,
  EndBackendPlan,
  EndBackendPlanInput,
  EndEffect,
  EndWay,
} from '../../../shared/operations-actions.ts'
import { iso } from '../../session/iso.ts'
import type { Session } from '../../session/session.ts'
import type { Writer, Writing } from '../../session/writer.ts'
import { endEffects } from './end-effects.ts'
import { endRefusal } from './end-refusal.ts'
import { type FoundBackend, isGone, readBackend } from './read-backend.ts'
import { readRecording, recordAct } from './recording.ts'

/** Milliseconds that the end is waited for. A backend looks for signals at most points, yet not at all. */
const watchTime = 5000

type Context = { session: Pick<Session, 'database' | 'ownPids' | 'assertMayAct'>; writer: Writer }

const asking =
  ({ database }: Context['session'], signal: AbortSignal): Writing['query'] =>
  (statement) =>
    database.query(statement, { signal })

export const planEndBackend = async (
  { session }: Context,
  input: EndBackendPlanInput,
  signal: AbortSignal,
): Promise<EndBackendPlan> => {
  const query = asking(session, signal)
  const found = await readBackend(query, input)
  const effectOf = (how: EndWay): EndEffect => {
    const refusal = endRefusal(found, how, session.ownPids())
    return refusal === null
      ? { effects: endEffects(found.backend, how), refusal }
      : { effects: [], refusal: refusal.toShape() }
  }
  return {
    backend: found.backend,
    cancel: effectOf('cancel'),
    terminate: effectOf('terminate'),
    recording: await readRecording(query),
  }
}

/**
 * Records the act and sends the signal in one transaction, the event first: no act without its reason, and none recorded that did not
 * find its backend. Then watches what becomes of it.
 */
export const endBackend = async (
  { session, writer }: Context,
  { pid, since, how, queryStart, reason }: EndBackendInput,
  signal: AbortSignal,
): Promise<EndBackendOutput> => {
  const { found, recording } = await writer.write(reason, signal, async ({ query }) => {
    const found = await readBackend(query, { pid, since })
    const refusal = endRefusal(found, how, session.ownPids())
    if (refusal !== null) throw refusal
    const { user, application, address, database, state, xid } = found.backend
    const recording = await recordAct(query, {
      what: `${how} backend`,
      scope: { pid, since, user, application, address, database, state, xid },
      reason,
    })
    // Recording may have waited for a lock, and a transaction sees the sessions as they were at its first look.
    await query(sql`SELECT pg_stat_clear_snapshot()`)
    const isSame = queryStart === null ? sql`true` : sql`a.query_start = ${queryStart}::timestamptz`
    const end = how === 'cancel' ? sql`pg_cancel_backend(a.pid)` : sql`pg_terminate_backend(a.pid)`
    const [signalled] = await query(
      sql<{ isMeant: boolean; isSent: boolean | null }>`
        SELECT ${isSame} AS "isMeant", CASE WHEN ${isSame} THEN ${end} END AS "isSent"
          FROM pg_stat_activity AS a
         WHERE a.pid = ${pid} AND a.backend_start = ${since}::timestamptz`,
    )
    if (signalled?.isMeant === false) throw runsAnother(pid)
    if (signalled?.isSent !== true) throw isGone(pid)
    return { found, recording }
  })
  return { ...(await watch(asking(session, signal), found, how)), recording }
}

/** What becomes of a backend that was sent a signal. */
const watch = async (
  query: Writing['query'],
  { backend: { pid, since, queryStart } }: FoundBackend,
  how: EndWay,
): Promise<Pick<EndBackendOutput, 'outcome' | 'text'>> => {
  const started = performance.now()
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const [seen] = await query(
      sql<{ state: string | null; waitEvent: string | null; isRunning: boolean }>`
        SELECT a.state,
               a.wait_event_type || ': ' || a.wait_event AS "waitEvent",
               a.state = 'active' AND ${iso(sql`a.query_start`)} IS NOT DISTINCT FROM ${queryStart}::text AS "isRunning"
          FROM pg_stat_activity AS a
         WHERE a.pid = ${pid} AND a.backend_start = ${since}::timestamptz`,
    )
    const elapsed = performance.now() - started
    const after = elapsed < 1000 ? 'at once' : `after ${formatSeconds(elapsed / 1000)}`
    if (seen === undefined) return { outcome: 'gone', text: `Backend ${pid} was gone ${after}.` }
    if (how === 'cancel' && !seen.isRunning) {
      const { state } = seen
      return {
        outcome: 'ended',
        text: `The statement of backend ${pid} ended ${after}; it is ${state ?? 'without a state'} now.`,
      }
    }
    if (elapsed > watchTime) {
      const place = seen.waitEvent === null ? 'it computes' : `it waits for ${seen.waitEvent}`
      return {
        outcome: 'running',
        text: `Backend ${pid} has the signal, but is still there after ${formatSeconds(elapsed / 1000)}: ${place}. It ends when it comes to a place where it looks for signals.`,
      }
    }
    await wait(pause)
  }
}

const runsAnother = (pid: number): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    `Backend ${pid} runs another statement by now than the one that you saw. Nothing was done.`,
    'Look at it again, then decide anew.',
  )
