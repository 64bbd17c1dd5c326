import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { FailoverHost, FailoverRun, FailoverStep } from '../../../shared/failover.ts'
import { type Verdict, worstOf } from '../../../shared/operations.ts'
import type { HostAndPort } from '../../../shared/profiles.ts'
import { noMark, type RunbookKeeping, type RunbookResult, type RunbookRun } from '../../../shared/runbooks.ts'
import { describeHost } from '../../session/connection-errors.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { kept, notKept, readAccess, writeRun } from '../runbooks/kept-runs.ts'
import { runbookOf } from '../runbooks/runbook-list.ts'
import { verdictOf } from '../runbooks/runs.ts'
import { withRole } from '../with-role.ts'
import { isSameHost } from './assess.ts'

const fencingVerdicts = { unfenced: 'critical', fenced: 'ok', unreached: 'warn' } as const

type Line = { verdict: Verdict; text: string; at?: string }

const serverLine = ({ host, facts, error }: FailoverHost): Line => ({
  verdict: facts === null ? 'warn' : 'ok',
  text:
    facts === null
      ? `${describeHost(host)} was not reached. ${error?.message ?? ''}`
      : `${describeHost(host)}: ${facts.inRecovery ? 'standby' : 'primary'}, timeline ${facts.timeline ?? 'unknown'}, WAL until ${facts.walEndLsn}, cluster ${facts.systemIdentifier}.`,
})

/** A failover in the form of a run of a runbook: what was found, decided and done, step by step. Holds no secret. */
export const runOf = (
  { runId, stage, reason, by, startedAt, candidate, before, after, steps, newUrl }: FailoverRun,
  { state }: Pick<Session, 'state'>,
): RunbookRun => {
  const runbook = runbookOf('failover')
  const chosen = before.candidates.find(({ host }) => isSameHost(host, candidate))
  const { lastSeen } = before.primary
  const logged = (part: FailoverStep['part']): Line[] => steps.filter((step) => step.part === part)
  const lines: Record<string, Line[]> = {
    primary: [
      { verdict: fencingVerdicts[before.primary.fencing], text: before.primary.text },
      lastSeen === null
        ? { verdict: 'unknown', text: 'This session never saw the old primary.' }
        : {
            verdict: 'ok',
            text: `It was last seen at ${describeHost(lastSeen.host)}, timeline ${lastSeen.timeline ?? 'unknown'}.`,
            at: lastSeen.at,
          },
    ],
    candidates: before.hosts.map(serverLine),
    loss: [
      ...(chosen === undefined
        ? []
        : [
            {
              verdict: chosen.loss.bytes === null ? 'unknown' : chosen.loss.bytes > 0 ? 'warn' : 'ok',
              text: chosen.loss.text,
            } as const,
          ]),
      ...(chosen?.warnings ?? []),
    ],
    reason: [{ verdict: 'ok', text: reason }],
    promotion: logged('promotion'),
    connection: [
      ...logged('connection'),
      ...(newUrl === null
        ? []
        : [{ verdict: 'ok', text: `DATABASE_URL, without its password: ${newUrl}` } as const]),
    ],
    checks: logged('checks'),
  }
  const results = runbook.steps.map((step): RunbookResult => {
    const found = lines[step.id] ?? []
    return {
      ...step,
      verdict: found.length === 0 ? null : worstOf(found.map(({ verdict }) => verdict)),
      reports: found.map(({ verdict, text, at }) => ({
        id: at ?? step.title,
        verdict,
        summary: text,
        findings: [],
      })),
      ...noMark,
    }
  })
  const { database } = state().server
  return {
    runId,
    runbook: runbook.id,
    title: `${runbook.title} to ${describeHost(candidate)}`,
    startedAt,
    by,
    server: `${database} at ${describeHost(candidate)}${after === null ? '' : `, PostgreSQL ${after.version}`}`,
    verdict: verdictOf(results),
    steps: results,
    keeping: notKept(stage === 'failed' ? 'nothing was promoted.' : 'the new primary does not have it yet.'),
    signed: null,
  }
}

/** Keeps a run on the server that was promoted, wherever the session is by now. Fails with `ConsoleError`. */
export const keepOnPrimary = async (
  session: Session,
  run: RunbookRun,
  { host, password }: { host: HostAndPort; password: string | null },
  signal: AbortSignal,
): Promise<RunbookKeeping> => {
  const connection = await session.connectToHost(host, signal, { typedPassword: password })
  try {
    return await withRole(connection, session, { signal }, async (query) => {
      const access = await readAccess(query)
      if (!access.isThere || !access.mayWrite) return notKept(access)
      // It has the settings of the old primary, and may wait for standbys that it does not have.
      await query(sql`SELECT set_config('synchronous_commit', 'local', true)`)
      await writeRun(query, run)
      return kept
    })
  } catch (error) {
    throw error instanceof ConsoleError ? error : databaseError(error, connection.context)
  } finally {
    connection.destroy()
  }
}
