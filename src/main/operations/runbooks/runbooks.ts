import { randomUUID } from 'node:crypto'
import { ConsoleError } from '../../../shared/errors.ts'
import {
  type OperationsRun,
  type OperationsRunInput,
  type ThresholdValues,
  worstOf,
} from '../../../shared/operations.ts'
import type { Runbook, RunbookId, RunbookRun, RunbookSignInput } from '../../../shared/runbooks.ts'
import { describeHost } from '../../session/connection-errors.ts'
import type { Session } from '../../session/session.ts'
import { createWriter } from '../../session/writer.ts'
import { recordAct } from '../actions/recording.ts'
import { runbookPdfOf } from './run-pdf.ts'
import { runbooks } from './runbook-list.ts'

/** Runs of a session that are kept. */
const keptRuns = 20

type Ask = (
  input: OperationsRunInput & { thresholds: ThresholdValues },
  signal: AbortSignal,
) => Promise<OperationsRun>

/** Checklists over the probes: asked step by step, noted, and signed for a reason that the audit trail keeps where there is one. */
export const createRunbooks = (session: Session, { ask }: { ask: Ask }) => {
  // A standby is looked after as well: a sign-off there is on paper only.
  const writer = createWriter({ ...session, assertMayWrite: session.assertMayAct })
  session.belongings.defer(() => writer.close())
  const runs = new Map<string, RunbookRun>()

  const find = (runId: string): RunbookRun => {
    const run = runs.get(runId)
    if (run !== undefined) return run
    throw new ConsoleError('NOT_FOUND', 'This run went with the session that made it.', 'Run it again.')
  }

  return {
    list: async (): Promise<Runbook[]> => [...runbooks],

    async run(
      { id, thresholds }: { id: RunbookId; thresholds: ThresholdValues },
      signal: AbortSignal,
    ): Promise<RunbookRun> {
      const found = runbooks.find((one) => one.id === id)
      if (found === undefined) throw new Error('A validated id names a runbook.')
      const startedAt = new Date().toISOString()
      const { reports } = await ask({ ids: found.steps.flatMap(({ probes }) => probes), thresholds }, signal)
      const steps = found.steps.map((step) => {
        const own = reports
          .filter((report) => step.probes.includes(report.id))
          .map(({ id: probe, verdict, summary, findings }) => ({ id: probe, verdict, summary, findings }))
        const verdict = own.length === 0 ? null : worstOf(own.map((report) => report.verdict))
        return { ...step, reports: own, verdict, note: '' }
      })
      const { server } = session.state()
      const run: RunbookRun = {
        runId: randomUUID(),
        runbook: id,
        title: found.title,
        startedAt,
        by: server.sessionUser,
        server: `${server.database} at ${describeHost(server.host)}, PostgreSQL ${server.version}`,
        verdict: worstOf(steps.flatMap(({ verdict }) => verdict ?? [])),
        steps,
        signed: null,
      }
      runs.set(run.runId, run)
      for (const old of [...runs.keys()].slice(0, Math.max(0, runs.size - keptRuns))) runs.delete(old)
      return run
    },

    /** Fails with `CONFLICT` when it was signed already, with `PERMISSION_DENIED` where the role may not record it. */
    async sign({ runId, notes, reason }: RunbookSignInput, signal: AbortSignal): Promise<RunbookRun> {
      const run = find(runId)
      if (run.signed !== null) {
        throw new ConsoleError('CONFLICT', 'This run was signed already.', 'Run it again to sign anew.')
      }
      const steps = run.steps.map((step) => ({ ...step, note: notes[step.id] ?? '' }))
      const recording = await writer.write(reason, signal, ({ query }) =>
        recordAct(query, {
          what: 'sign runbook',
          scope: {
            runbook: run.runbook,
            started_at: run.startedAt,
            verdict: run.verdict,
            // Findings may name people and queries: they are on paper only.
            steps: steps.map(({ id, verdict, note }) => ({
              step: id,
              verdict,
              ...(note !== '' && { note }),
            })),
          },
          reason,
        }),
      )
      const signed: RunbookRun = {
        ...run,
        steps,
        signed: { at: new Date().toISOString(), reason, recording },
      }
      runs.set(runId, signed)
      return signed
    },

    pdf: async ({ runId }: { runId: string }): Promise<{ pdf: string }> => ({
      pdf: (await runbookPdfOf(find(runId))).toString('base64'),
    }),
  }
}
