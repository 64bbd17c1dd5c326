import type { JobState } from '../../../shared/jobs.ts'
import type {
  ActDone,
  DropSlotInput,
  DropSlotPlan,
  EndBackendInput,
  EndBackendOutput,
  EndBackendPlan,
  EndBackendPlanInput,
  Explained,
  MaintainInput,
  MaintenanceResult,
  ReplayPlan,
  ResetStatementsInput,
  ReviewBackupsInput,
  SetReplayInput,
  SetReplayOutput,
  StatementRef,
  StatementText,
  WaiveFindingInput,
} from '../../../shared/operations-actions.ts'
import type { Session } from '../../session/session.ts'
import { createWriter, type Writing } from '../../session/writer.ts'
import { dropSlot, planDropSlot } from './drop-slot.ts'
import { endBackend, planEndBackend } from './end-backend.ts'
import { explainStatement } from './explain.ts'
import { maintain, readTarget, titleOf } from './maintain.ts'
import { planReplay, setReplay } from './replay.ts'
import { resetStatements } from './reset-statements.ts'
import { reviewBackups } from './review-backups.ts'
import { describeStatement } from './statement-text.ts'
import { createTurns } from './turns.ts'
import { waiveFinding } from './waive-finding.ts'

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
  const server = () => {
    const { versionNumber, database } = session.state().server
    return { major: Math.floor(versionNumber / 10_000), database }
  }
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

    /** The whole text of a statement of `pg_stat_statements`. */
    statement: (ref: StatementRef, signal: AbortSignal): Promise<StatementText> =>
      describeStatement(asking(signal), ref, server()),

    /** Changes nothing, and is open to sessions that only read. */
    explain: (ref: StatementRef, signal: AbortSignal): Promise<Explained> =>
      explainStatement(session, asking(signal), ref, { server: server(), signal }),

    resetStatements: (input: ResetStatementsInput, signal: AbortSignal): Promise<ActDone> =>
      resetStatements(writer, input, signal),

    async reviewBackups(input: ReviewBackupsInput, signal: AbortSignal): Promise<ActDone> {
      session.assertMayWrite()
      return reviewBackups(writer, input, signal)
    },
    waiveFinding: (input: WaiveFindingInput, signal: AbortSignal): Promise<{ text: string }> =>
      waiveFinding(writer, input, signal),

    dropSlotPlan: ({ name }: { name: string }, signal: AbortSignal): Promise<DropSlotPlan> =>
      planDropSlot(asking(signal), name),

    dropSlot: (input: DropSlotInput, signal: AbortSignal): Promise<ActDone> =>
      dropSlot(writer, input, signal),

    replayPlan: (_: null, signal: AbortSignal): Promise<ReplayPlan> => planReplay(asking(signal)),

    setReplay: (input: SetReplayInput, signal: AbortSignal): Promise<SetReplayOutput> =>
      setReplay({ writer, query: asking(signal) }, input, signal),
  }
}
