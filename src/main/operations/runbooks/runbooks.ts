import { randomUUID } from 'node:crypto'
import type { OperationsRun, OperationsRunInput, ThresholdValues } from '../../../shared/operations.ts'
import { worstOf } from '../../../shared/operations.ts'
import {
  type Checklist,
  noMark,
  type Runbook,
  type RunbookId,
  type RunbookMarkInput,
  type RunbookRun,
  type RunbookRuns,
  type RunbookSignInput,
} from '../../../shared/runbooks.ts'
import { describeHost } from '../../session/connection-errors.ts'
import type { Session } from '../../session/session.ts'
import { runbookPdfOf } from './run-pdf.ts'
import { runbookOf, runbooks } from './runbook-list.ts'
import { type Runs, verdictOf } from './runs.ts'

type Ask = (
  input: OperationsRunInput & { thresholds: ThresholdValues },
  signal: AbortSignal,
) => Promise<OperationsRun>

/** Checklists over the probes: asked step by step, noted as people go, and signed for a reason. */
export const createRunbooks = (session: Session, { ask, runs }: { ask: Ask; runs: Runs }) => ({
  list: async (): Promise<Runbook[]> => [...runbooks],

  async run(
    { id, thresholds }: { id: Checklist; thresholds: ThresholdValues },
    signal: AbortSignal,
  ): Promise<RunbookRun> {
    const found = runbookOf(id)
    const startedAt = new Date().toISOString()
    const { reports } = await ask({ ids: found.steps.flatMap(({ probes }) => probes), thresholds }, signal)
    const steps = found.steps.map((step) => {
      const own = reports
        .filter((report) => step.probes.includes(report.id))
        .map(({ id: probe, verdict, summary, findings }) => ({ id: probe, verdict, summary, findings }))
      const verdict = own.length === 0 ? null : worstOf(own.map((report) => report.verdict))
      return { ...step, reports: own, verdict, ...noMark }
    })
    const { server } = session.state()
    return runs.begin(
      {
        runId: randomUUID(),
        runbook: id,
        title: found.title,
        startedAt,
        by: server.sessionUser,
        server: `${server.database} at ${describeHost(server.host)}, PostgreSQL ${server.version}`,
        verdict: verdictOf(steps),
        steps,
      },
      signal,
    )
  },

  runs: (input: { id: RunbookId }, signal: AbortSignal): Promise<RunbookRuns> => runs.list(input, signal),

  get: ({ runId }: { runId: string }, signal: AbortSignal): Promise<RunbookRun> => runs.find(runId, signal),

  mark: (input: RunbookMarkInput, signal: AbortSignal): Promise<RunbookRun> => runs.mark(input, signal),

  sign: (input: RunbookSignInput, signal: AbortSignal): Promise<RunbookRun> => runs.sign(input, signal),

  pdf: async ({ runId }: { runId: string }, signal: AbortSignal): Promise<{ pdf: string }> => ({
    pdf: (await runbookPdfOf(await runs.find(runId, signal))).toString('base64'),
  }),
})
