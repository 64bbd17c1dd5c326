import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type {
  FailoverAssessment,
  FailoverFacts,
  FailoverPromoteInput,
  FailoverStep,
} from '../../../shared/failover.ts'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import type { Connection } from '../../session/connect.ts'
import { describeHost } from '../../session/connection-errors.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { JobContext } from '../../session/jobs.ts'
import type { Session } from '../../session/session.ts'
import { recordAct } from '../actions/recording.ts'
import { withRole } from '../with-role.ts'
import { assess, isSameHost } from './assess.ts'
import { isToResume } from './candidates.ts'
import type { LastPrimary } from './last-primary.ts'
import { readFailoverFacts } from './read-host.ts'

/** Seconds that the server is given to become a primary. */
const promotionTime = 60
/** Milliseconds between two looks at a server that is being promoted. */
const pause = 200

const refuse = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('CONFIRMATION_REQUIRED', `${message} Nothing was done.`, remedy)

/** What has to be confirmed, and what nobody can confirm. Pure. */
export const assertConfirmed = (
  { primary, candidates }: FailoverAssessment,
  { candidate, confirmation, isFenced, unfenced }: FailoverPromoteInput,
): void => {
  const name = describeHost(candidate)
  const found = candidates.find(({ host }) => isSameHost(host, candidate))
  if (found === undefined) {
    throw new ConsoleError(
      'CONFLICT',
      `${name} is no standby that can be reached. Nothing was done.`,
      'Look at the servers again.',
    )
  }
  if (found.refusal !== null) throw ConsoleError.fromShape(found.refusal)
  if (confirmation !== name) throw refuse(`The promotion of ${name} was not confirmed.`, `Type ${name}.`)
  const [alive] = primary.alive
  if (alive !== undefined && !primary.alive.includes(unfenced ?? '')) {
    throw refuse(
      `${alive} answers as a primary: it is not fenced, and goes on accepting writes.`,
      `Stop it, or cut it off. To promote beside it nevertheless, type ${alive}.`,
    )
  }
  if (primary.fencing === 'unreached' && !isFenced) {
    throw refuse(
      'Nobody has said that the old primary is fenced.',
      'Make sure that it was stopped or cut off from everybody, then say so.',
    )
  }
}

type Told = {
  step(verdict: FailoverStep['verdict'], text: string): void
  before(assessment: FailoverAssessment): void
  after(facts: FailoverFacts): void
}

/** Waits until the server takes writes, and says what it is then. */
const untilPrimary = async (
  connect: () => Promise<Connection>,
  session: Session,
  { report, signal }: Pick<JobContext, 'report' | 'signal'>,
): Promise<FailoverFacts> => {
  const started = performance.now()
  for (;;) {
    const seconds = (performance.now() - started) / 1000
    report({
      done: Math.round(seconds),
      total: promotionTime,
      unit: 'seconds',
      what: 'Waiting for the promotion',
    })
    const connection = await connect()
    try {
      const facts = await withRole(connection, session, { signal }, readFailoverFacts)
      if (!facts.inRecovery) return facts
    } finally {
      connection.destroy()
    }
    if (seconds > promotionTime) {
      throw new ConsoleError(
        'STATEMENT_TIMEOUT',
        `The server still is in recovery after ${formatSeconds(seconds)}. It has been told to promote, and goes on with it.`,
        'Look at its log: it replays what it has received first. Then look at the servers again.',
      )
    }
    await wait(pause, undefined, { signal })
  }
}

/**
 * Promotes a standby. Everything is asked anew first: what was true when the person looked may not be any more. From `pg_promote` on there
 * is no way back, and a cancel ends the waiting only.
 */
export const promote = async (
  context: { session: Session; lastPrimary: LastPrimary },
  input: FailoverPromoteInput,
  { report, signal, told }: Pick<JobContext, 'report' | 'signal'> & { told: Told },
): Promise<void> => {
  const { session } = context
  const { candidate, password, reason } = input
  const name = describeHost(candidate)
  const connect = () => session.connectToHost(candidate, signal, { typedPassword: password })
  report({ done: 0, total: promotionTime, unit: 'seconds', what: 'Asking the servers once more' })
  const before = await assess(context, input, signal)
  told.before(before)
  assertConfirmed(before, input)
  const found = before.candidates.find(({ host }) => isSameHost(host, candidate))
  const { fencing } = before.primary
  told.step(fencing === 'unfenced' ? 'critical' : fencing === 'fenced' ? 'ok' : 'warn', before.primary.text)
  if (before.primary.fencing === 'unreached')
    told.step('ok', 'The operator says that the old primary is fenced.')
  if (found !== undefined) {
    const { bytes, text } = found.loss
    told.step(bytes === null ? 'unknown' : bytes > 0 ? 'warn' : 'ok', `Loss: ${text}`)
  }
  const connection = await connect()
  try {
    await withRole(connection, session, { signal }, async (query) => {
      if (isToResume(await readFailoverFacts(query))) {
        await query(sql`SELECT pg_wal_replay_resume()`)
        told.step('warn', 'The replay was paused, and was resumed.')
      }
      // The profile's own limit may be shorter than a promotion takes.
      await query(sql`SELECT set_config('statement_timeout', '0', true)`)
      report({ done: 0, total: promotionTime, unit: 'seconds', what: `Promoting ${name}` })
      told.step('ok', `${name} was told to promote.`)
      await query(sql`SELECT pg_promote(true, ${promotionTime})`)
    })
  } catch (error) {
    throw error instanceof ConsoleError ? error : databaseError(error, connection.context)
  } finally {
    connection.destroy()
  }
  const after = await untilPrimary(connect, session, { report, signal })
  told.after(after)
  told.step('ok', `${name} is a primary, on timeline ${after.timeline ?? 'unknown'}, and takes writes.`)

  const lost = found?.loss
  const writing = await connect()
  try {
    const recording = await withRole(writing, session, { signal, reason }, async (query) => {
      // It has the settings of the old primary, and may wait for standbys that it does not have.
      await query(sql`SELECT set_config('synchronous_commit', 'local', true)`)
      return recordAct(query, {
        what: 'promote standby',
        scope: {
          host: name,
          timeline: after.timeline,
          promoted_at_lsn:
            before.hosts.find(({ host }) => isSameHost(host, candidate))?.facts?.walEndLsn ?? null,
          old_primary: before.primary.lastSeen === null ? null : describeHost(before.primary.lastSeen.host),
          fencing: before.primary.fencing,
          lost_bytes: lost?.bytes ?? null,
          lost_at_most_bytes: lost?.atMostBytes ?? null,
        },
        reason,
      })
    })
    told.step(
      recording.isRecorded ? 'ok' : 'warn',
      recording.isRecorded ? 'The reason is in the audit trail of the new primary.' : recording.text,
    )
  } catch (error) {
    const { message } = error instanceof ConsoleError ? error : databaseError(error, writing.context)
    told.step('critical', `The promotion could not be recorded in the audit trail: ${message}`)
  } finally {
    writing.destroy()
  }

  // It may have come back meanwhile, and then there are two.
  const now = await assess(context, input, signal)
  const two = now.hosts.filter(
    ({ host, facts }) => facts?.inRecovery === false && !isSameHost(host, candidate),
  )
  told.step(
    two.length > 0 ? 'critical' : 'ok',
    two.length > 0
      ? `${two.map(({ host }) => describeHost(host)).join(', ')} still accepts writes. Fence it now: nothing brings both together again.`
      : 'No other primary answers.',
  )
}
