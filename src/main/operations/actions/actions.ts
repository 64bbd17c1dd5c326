import type {
  EndBackendInput,
  EndBackendOutput,
  EndBackendPlan,
  EndBackendPlanInput,
} from '../../../shared/operations-actions.ts'
import type { Session } from '../../session/session.ts'
import { createWriter } from '../../session/writer.ts'
import { endBackend, planEndBackend } from './end-backend.ts'

/**
 * What an administrator does to a server, each act for a reason that the audit trail keeps where there is one. Plans ask only. Acts fail
 * with `READ_ONLY` and `CONFIRMATION_REQUIRED` as writes do, but for those that a standby takes, too.
 */
export const createActions = (session: Session) => {
  const writer = createWriter({ ...session, assertMayWrite: session.assertMayAct })
  session.belongings.defer(() => writer.close())
  const context = { session, writer }
  return {
    endBackendPlan: (input: EndBackendPlanInput, signal: AbortSignal): Promise<EndBackendPlan> =>
      planEndBackend(context, input, signal),

    endBackend: (input: EndBackendInput, signal: AbortSignal): Promise<EndBackendOutput> =>
      endBackend(context, input, signal),
  }
}
