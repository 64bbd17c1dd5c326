import type { JobState } from '../../../shared/jobs.ts'
import type {
  EndBackendInput,
  EndBackendOutput,
  EndBackendPlan,
  EndBackendPlanInput,
  MaintainInput,
  MaintenanceResult,
} from '../../../shared/operations-actions.ts'
import type { Session } from '../../session/session.ts'
import { createWriter, type Writing } from '../../session/writer.ts'
import { endBackend, planEndBackend } from './end-backend.ts'
import { maintain, readTarget, titleOf } from './maintain.ts'
import { createTurns } from './turns.ts'

/**
 * What an administrator does to a server, each act for a reason that the audit trail keeps where there is one. Plans ask only. Acts fail
 * with `READ_ONLY` and `CONFIRMATION_REQUIRED` as writes do, but for those that a standby takes, too.
 */
export const createActions = (session: Session) => {
  const writer = createWriter({ ...session, assertMayWrite: session.assertMayAct })
  session.belongings.defer(() => writer.close())
  const context = { session, writer }
  const takeTurn = createTurns()
  const asking =
    (signal: AbortSignal): Writing['query'] =>
    (statement) =>
      session.database.query(statement, { signal })
  return {
    endBackendPlan: (input: EndBackendPlanInput, signal: AbortSignal): Promise<EndBackendPlan> =>
      planEndBackend(context, input, signal),

    endBackend: (input: EndBackendInput, signal: AbortSignal): Promise<EndBackendOutput> =>
      endBackend(context, input, signal),

    /** Begins a job, one of a session at a time; its result is `maintenanceResult`. */
    async maintain(input: MaintainInput, signal: AbortSignal): Promise<JobState> {
      session.assertMayWrite()
      const target = await readTarget(session, asking(signal), input)
      const title = titleOf(input.what, target)
      return session.jobs.start(
        { kind: 'maintain', title },
        (job): Promise<MaintenanceResult> =>
          // Asked also after the job was cancelled: what it left behind has to be named.
          takeTurn(title, job, () =>
            maintain(
              session,
              { writer, query: asking(new AbortController().signal) },
              { ...input, target },
              job,
            ),
          ),
      )
    },
  }
}
