import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { Verdict } from '../../../shared/operations.ts'
import type {
  RotationClosed,
  RotationCloseInput,
  RotationLogin,
  RotationPasswordInput,
  RotationState,
} from '../../../shared/rotation.ts'
import { noMark, type RunbookResult, type RunbookRun } from '../../../shared/runbooks.ts'
import type { Connection } from '../../session/connect.ts'
import { describeHost } from '../../session/connection-errors.ts'
import type { Statement } from '../../session/database.ts'
import { databaseError } from '../../session/database-errors.ts'
import { identifier } from '../../session/identifier.ts'
import type { KeptSecrets } from '../../session/kept-secrets.ts'
import { defaultScramIterations, randomPassword, scramVerifier } from '../../session/scram.ts'
import type { Session } from '../../session/session.ts'
import type { Writing } from '../../session/writer.ts'
import { readTrail, recordAct } from '../actions/recording.ts'
import { counted } from '../judging.ts'
import { writeRun } from '../runbooks/kept-runs.ts'
import { runbookOf } from '../runbooks/runbook-list.ts'
import { type Runs, verdictOf } from '../runbooks/runs.ts'
import { withRole } from '../with-role.ts'
import { readLogins } from './logins.ts'
import { readLeak, setVerifier } from './set-verifier.ts'

type Line = { step: string; about: string; verdict: Verdict; text: string }

const conflict = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('CONFLICT', `${message} Nothing was changed.`, remedy)

/** The run with one more line, and the verdict of its step. */
const withLine = (run: RunbookRun, { step, about, verdict, text }: Line): RunbookRun => {
  const steps = run.steps.map(
    (one): RunbookResult =>
      one.id === step
        ? { ...one, verdict, reports: [...one.reports, { id: about, verdict, summary: text, findings: [] }] }
        : one,
  )
  return { ...run, steps, verdict: verdictOf(steps) }
}

const reportsOf = (run: RunbookRun, step: string) => run.steps.find(({ id }) => id === step)?.reports ?? []

const sessionsOf = ({ name, sessions, applications }: RotationLogin): string =>
  `${name} has ${counted(sessions, 'session')}${applications.length === 0 ? '' : ` (${applications.join(', ')})`}`

/**
 * The rotation of the application's credentials: of two log-ins the idle one gets a new password, the application goes over to it, and the
 * other one is closed once nobody uses it. What has been done stands in a run; what is, the server says each time.
 */
export const createRotation = (session: Session, { runs, secrets }: { runs: Runs; secrets: KeptSecrets }) => {
  const reading =
    (signal: AbortSignal): Writing['query'] =>
    <Row>(statement: Statement<Row>) =>
      session.database.query<Row>(statement, { signal })

  const findOpen = async (signal: AbortSignal): Promise<RunbookRun | null> => {
    const { runs: all } = await runs.list({ id: 'rotation' }, signal)
    for (const { runId, signed } of all) {
      if (signed !== null) continue
      const run = await runs.find(runId, signal)
      return reportsOf(run, 'close').length === 0 ? run : null
    }
    return null
  }

  const begun = async (signal: AbortSignal): Promise<RunbookRun> => {
    const open = await findOpen(signal)
    if (open !== null) return open
    const { id, title, steps } = runbookOf('rotation')
    const { server } = session.state()
    return {
      runId: randomUUID(),
      runbook: id,
      title,
      startedAt: new Date().toISOString(),
      by: server.sessionUser,
      server: `${server.database} at ${describeHost(server.host)}, PostgreSQL ${server.version}`,
      verdict: 'ok',
      steps: steps.map((step) => ({ ...step, verdict: null, reports: [], ...noMark })),
      keeping: await runs.readKeeping(signal),
      signed: null,
    }
  }

  /** One transaction with its event and its run, on a connection of its own. */
  const act = async (
    reason: string,
    signal: AbortSignal,
    work: (query: Writing['query'], client: Connection['client']) => Promise<RunbookRun>,
  ): Promise<void> => {
    session.assertMayWrite()
    const connection = await session.openConnection(signal)
    try {
      const run = await withRole(connection, session, { signal, reason }, async (query) => {
        const done = await work(query, connection.client)
        if (done.keeping.isKept) await writeRun(query, done)
        return done
      })
      if (!run.keeping.isKept) runs.show(run)
    } catch (error) {
      throw error instanceof ConsoleError ? error : databaseError(error, connection.context)
    } finally {
      connection.destroy()
    }
  }

  const pairOf = async (query: Writing['query'], name: string) => {
    const { logins, iterations } = await readLogins(query)
    const login = logins.find((one) => one.name === name)
    const other = logins.find((one) => one.name !== name)
    if (login === undefined || other === undefined) {
      throw new ConsoleError('NOT_FOUND', `${name} is not one of two log-ins that take turns.`, 'Look again.')
    }
    if (login.refusal !== null)
      throw new ConsoleError('PERMISSION_DENIED', login.refusal, 'Then try again. Nothing was changed.')
    return { login, other, iterations }
  }

  const refusal = async (query: Writing['query']): Promise<string | null> => {
    const { server, writes } = session.state()
    if (server.inRecovery) return 'This is a standby: it takes no writes. Connect to its primary.'
    if (writes === 'refused') return 'This connection is read-only. Allow writes in it, then connect again.'
    const { isThere, mayRecord, user } = await readTrail(query)
    return isThere && !mayRecord
      ? `${user} may not record it in the audit trail of this database: a member of viruj_dba may.`
      : readLeak(query)
  }

  const readState = async (signal: AbortSignal): Promise<RotationState> => {
    const query = reading(signal)
    const at = new Date().toISOString()
    const { logins } = await readLogins(query)
    const run = await findOpen(signal)
    return {
      at,
      logins,
      refusal: await refusal(query),
      run,
      fresh: run === null ? null : (reportsOf(run, 'password').at(-1)?.id ?? null),
      hasPassword: run !== null && secrets.has(run.runId),
    }
  }

  return {
    state: (_: null, signal: AbortSignal): Promise<RotationState> => readState(signal),

    /** Opens the idle log-in with a new password, which `secrets` has under the id of the run. Fails with `CONFLICT` when it has sessions. */
    async setPassword(
      { login: name, reason }: RotationPasswordInput,
      signal: AbortSignal,
    ): Promise<RotationState> {
      const refused = await refusal(reading(signal))
      if (refused !== null) throw new ConsoleError('PERMISSION_DENIED', refused, 'Then try again.')
      let run = await begun(signal)
      const password = randomPassword()
      await act(reason, signal, async (query, client) => {
        const { login, other, iterations } = await pairOf(query, name)
        if (login.sessions > 0) {
          throw conflict(`${sessionsOf(login)}: it is in use.`, `Give ${other.name} the new password.`)
        }
        run = withLine(run, {
          step: 'in-use',
          about: other.name,
          verdict: other.sessions > 0 ? 'ok' : 'unknown',
          text: `${sessionsOf(other)}, ${name} has none.`,
        })
        run = withLine(run, {
          step: 'password',
          about: name,
          verdict: 'ok',
          text: `${name} may log in, with a new password. ${reason}`,
        })
        await recordAct(query, {
          what: 'set password of log-in',
          scope: { login: name, sessions_of_other: other.sessions, run: run.runId },
          reason,
        })
        const verifier = scramVerifier(password, { iterations: Math.max(iterations, defaultScramIterations) })
        await setVerifier(client, query, { login: name, verifier })
        return run
      })
      secrets.keep(run.runId, { login: name, password, database: session.state().server.database })
      return readState(signal)
    },

    /**
     * Closes a log-in, at once or after a time of grace. Fails with `CONFLICT` while it has sessions, or while nobody else could log in.
     * What came in between the count and the end of the transaction is told.
     */
    async close(
      { login: name, graceHours, confirmation, reason }: RotationCloseInput,
      signal: AbortSignal,
    ): Promise<RotationClosed> {
      const refused = await refusal(reading(signal))
      if (refused !== null) throw new ConsoleError('PERMISSION_DENIED', refused, 'Then try again.')
      if (confirmation !== name) {
        throw new ConsoleError(
          'CONFIRMATION_REQUIRED',
          `Closing ${name} was not confirmed. Nothing was changed.`,
          `Type ${name}.`,
        )
      }
      const run = await begun(signal)
      let text = ''
      await act(reason, signal, async (query) => {
        const { login, other } = await pairOf(query, name)
        if (!other.mayLogIn || (other.validUntil !== null && Date.parse(other.validUntil) <= Date.now())) {
          throw conflict(
            `${other.name} may not log in: without ${name} the application could not.`,
            `Give ${other.name} a new password first.`,
          )
        }
        if (graceHours === null && login.sessions > 0) {
          throw conflict(
            `${sessionsOf(login)} still${login.since === null ? '' : `, the oldest since ${login.since}`}.`,
            'Switch the application over, and wait until none is left. Sessions that nobody needs can be ended on the screen Sessions.',
          )
        }
        const until = graceHours === null ? null : new Date(Date.now() + graceHours * 3_600_000).toISOString()
        await recordAct(query, {
          what: 'close log-in',
          scope: {
            login: name,
            until,
            sessions: login.sessions,
            sessions_of_other: other.sessions,
            run: run.runId,
          },
          reason,
        })
        await query(
          until === null
            ? sql`ALTER ROLE ${identifier(name)} NOLOGIN PASSWORD NULL`
            : sql`ALTER ROLE ${identifier(name)} VALID UNTIL ${sql.lit(until)}`,
        )
        text =
          until === null
            ? `${name} may log in no more, and has no password.`
            : `The password of ${name} is refused from ${until} on.`
        const watched = withLine(run, {
          step: 'watch',
          about: name,
          verdict: login.sessions === 0 && other.sessions > 0 ? 'ok' : 'warn',
          text: `${sessionsOf(login)}, ${sessionsOf(other)}.`,
        })
        return withLine(watched, { step: 'close', about: name, verdict: 'ok', text: `${text} ${reason}` })
      })
      const after = (await readLogins(reading(signal))).logins.find((one) => one.name === name)
      return {
        runId: run.runId,
        text: `${text} ${after === undefined ? '' : `${sessionsOf(after)} now.`}`.trim(),
      }
    },
  }
}
