import {
  failoverAssessInput,
  failoverAssessment,
  failoverPromoteInput,
  failoverRepointInput,
  failoverRun,
  failoverState,
} from '../../shared/failover.ts'
import { jobState } from '../../shared/jobs.ts'
import {
  operationsListOutput,
  operationsRunInput,
  operationsRunOutput,
  setThresholdsInput,
  setThresholdsOutput,
} from '../../shared/operations.ts'
import {
  actDone,
  dropSlotInput,
  dropSlotPlan,
  endBackendInput,
  endBackendOutput,
  endBackendPlan,
  endBackendPlanInput,
  explained,
  maintainInput,
  replayPlan,
  resetStatementsInput,
  reviewBackupsInput,
  setReplayInput,
  setReplayOutput,
  slotInput,
  statementRef,
  statementText,
  waiveFindingInput,
  waiveFindingOutput,
} from '../../shared/operations-actions.ts'
import {
  rotationClosed,
  rotationCloseInput,
  rotationPasswordInput,
  rotationState,
} from '../../shared/rotation.ts'
import {
  runbookBeginInput,
  runbookInput,
  runbookMarkInput,
  runbookPdf,
  runbookRun,
  runbookRunInput,
  runbookRuns,
  runbookSignInput,
  runbooksListOutput,
} from '../../shared/runbooks.ts'
import { withThresholds } from '../operations/operations.ts'
import { repointAfterFailover } from './repoint.ts'
import { router, sessionProcedure } from './trpc.ts'

/** Thresholds are read from the profile each time: who changes them need not connect anew. */
export const operations = router({
  list: sessionProcedure
    .output(operationsListOutput)
    .query(({ ctx }) =>
      ctx.services.operations.list({ thresholds: ctx.profiles.thresholds(ctx.profileId) }, ctx.signal),
    ),
  run: sessionProcedure
    .input(operationsRunInput)
    .output(operationsRunOutput)
    .query(({ ctx, input }) =>
      ctx.services.operations.run(
        { ...input, thresholds: ctx.profiles.thresholds(ctx.profileId) },
        ctx.signal,
      ),
    ),
  setThresholds: sessionProcedure
    .input(setThresholdsInput)
    .output(setThresholdsOutput)
    .mutation(({ ctx, input }) =>
      ctx.profiles.setThresholds(
        ctx.profileId,
        withThresholds(ctx.profiles.thresholds(ctx.profileId), input),
      ),
    ),
  endBackendPlan: sessionProcedure
    .input(endBackendPlanInput)
    .output(endBackendPlan)
    .query(({ ctx, input }) => ctx.services.operationsActions.endBackendPlan(input, ctx.signal)),
  endBackend: sessionProcedure
    .input(endBackendInput)
    .output(endBackendOutput)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.endBackend(input, ctx.signal)),
  maintain: sessionProcedure
    .input(maintainInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.maintain(input, ctx.signal)),
  statement: sessionProcedure
    .input(statementRef)
    .output(statementText)
    .query(({ ctx, input }) => ctx.services.operationsActions.statement(input, ctx.signal)),
  explain: sessionProcedure
    .input(statementRef)
    .output(explained)
    .query(({ ctx, input }) => ctx.services.operationsActions.explain(input, ctx.signal)),
  resetStatements: sessionProcedure
    .input(resetStatementsInput)
    .output(actDone)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.resetStatements(input, ctx.signal)),
  reviewBackups: sessionProcedure
    .input(reviewBackupsInput)
    .output(actDone)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.reviewBackups(input, ctx.signal)),
  waiveFinding: sessionProcedure
    .input(waiveFindingInput)
    .output(waiveFindingOutput)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.waiveFinding(input, ctx.signal)),
  dropSlotPlan: sessionProcedure
    .input(slotInput)
    .output(dropSlotPlan)
    .query(({ ctx, input }) => ctx.services.operationsActions.dropSlotPlan(input, ctx.signal)),
  dropSlot: sessionProcedure
    .input(dropSlotInput)
    .output(actDone)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.dropSlot(input, ctx.signal)),
  replayPlan: sessionProcedure
    .output(replayPlan)
    .query(({ ctx }) => ctx.services.operationsActions.replayPlan(null, ctx.signal)),
  setReplay: sessionProcedure
    .input(setReplayInput)
    .output(setReplayOutput)
    .mutation(({ ctx, input }) => ctx.services.operationsActions.setReplay(input, ctx.signal)),
})

export const runbooks = router({
  list: sessionProcedure
    .output(runbooksListOutput)
    .query(({ ctx }) => ctx.services.runbooks.list(null, ctx.signal)),
  run: sessionProcedure
    .input(runbookBeginInput)
    .output(runbookRun)
    .mutation(({ ctx, input }) =>
      ctx.services.runbooks.run({ ...input, thresholds: ctx.profiles.thresholds(ctx.profileId) }, ctx.signal),
    ),
  runs: sessionProcedure
    .input(runbookInput)
    .output(runbookRuns)
    .query(({ ctx, input }) => ctx.services.runbooks.runs(input, ctx.signal)),
  get: sessionProcedure
    .input(runbookRunInput)
    .output(runbookRun)
    .query(({ ctx, input }) => ctx.services.runbooks.get(input, ctx.signal)),
  mark: sessionProcedure
    .input(runbookMarkInput)
    .output(runbookRun)
    .mutation(({ ctx, input }) => ctx.services.runbooks.mark(input, ctx.signal)),
  sign: sessionProcedure
    .input(runbookSignInput)
    .output(runbookRun)
    .mutation(({ ctx, input }) => ctx.services.runbooks.sign(input, ctx.signal)),
  pdf: sessionProcedure
    .input(runbookRunInput)
    .output(runbookPdf)
    .query(({ ctx, input }) => ctx.services.runbooks.pdf(input, ctx.signal)),
})

export const failover = router({
  assess: sessionProcedure
    .input(failoverAssessInput)
    .output(failoverAssessment)
    .mutation(({ ctx, input }) => ctx.services.failover.assess(input, ctx.signal)),
  state: sessionProcedure
    .output(failoverState)
    .query(({ ctx }) => ctx.services.failover.state(null, ctx.signal)),
  promote: sessionProcedure
    .input(failoverPromoteInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.failover.promote(input, ctx.signal)),
  repoint: sessionProcedure
    .input(failoverRepointInput)
    .output(failoverRun)
    .mutation(({ ctx, input }) => repointAfterFailover(ctx, input, ctx.signal)),
  check: sessionProcedure
    .output(jobState)
    .mutation(({ ctx }) => ctx.services.failover.check(null, ctx.signal)),
})

export const rotation = router({
  state: sessionProcedure
    .output(rotationState)
    .query(({ ctx }) => ctx.services.rotation.state(null, ctx.signal)),
  setPassword: sessionProcedure
    .input(rotationPasswordInput)
    .output(rotationState)
    .mutation(({ ctx, input }) => ctx.services.rotation.setPassword(input, ctx.signal)),
  close: sessionProcedure
    .input(rotationCloseInput)
    .output(rotationClosed)
    .mutation(({ ctx, input }) => ctx.services.rotation.close(input, ctx.signal)),
})
