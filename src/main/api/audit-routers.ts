import {
  auditFacetsInput,
  auditFacetsOutput,
  auditRecordedInput,
  auditRecordedOutput,
  auditTimelineInput,
  auditTimelineOutput,
  auditUnusualInput,
  auditUnusualOutput,
  masksInput,
  masksOutput,
} from '../../shared/audit.ts'
import { auditDaysInput, auditDaysOutput } from '../../shared/audit-days.ts'
import {
  revealInput,
  revealOutput,
  reviewCoverage,
  reviewCoverageInput,
  signOffInput,
  signOffOutput,
} from '../../shared/audit-review.ts'
import {
  forgetAuditFilterInput,
  saveAuditFilterInput,
  savedAuditFilters,
} from '../../shared/audit-saved-filters.ts'
import { published, trailState, trailVerifyInput } from '../../shared/audit-trail.ts'
import {
  evidenceExportInput,
  evidencePreview,
  evidencePreviewInput,
  evidenceSigner,
  evidenceTakeOutput,
} from '../../shared/evidence.ts'
import { jobInput, jobState } from '../../shared/jobs.ts'
import { biographyInput, biographyOutput } from '../../shared/row-biography.ts'

import { signerOf } from './evidence-signer.ts'
import { procedure, router, sessionProcedure } from './trpc.ts'

export const audit = router({
  timeline: sessionProcedure
    .input(auditTimelineInput)
    .output(auditTimelineOutput)
    .query(({ ctx, input }) => ctx.services.audit.timeline(input, ctx.signal)),
  facets: sessionProcedure
    .input(auditFacetsInput)
    .output(auditFacetsOutput)
    .query(({ ctx, input }) => ctx.services.audit.facets(input, ctx.signal)),
  unusual: sessionProcedure
    .input(auditUnusualInput)
    .output(auditUnusualOutput)
    .query(({ ctx, input }) => ctx.services.audit.unusual(input, ctx.signal)),
  days: sessionProcedure
    .input(auditDaysInput)
    .output(auditDaysOutput)
    .query(({ ctx, input }) => ctx.services.audit.days(input, ctx.signal)),
  biography: sessionProcedure
    .input(biographyInput)
    .output(biographyOutput)
    .query(({ ctx, input }) => ctx.services.audit.biography(input, ctx.signal)),
  masks: sessionProcedure
    .input(masksInput)
    .output(masksOutput)
    .query(({ ctx, input }) => ctx.services.audit.masks(input, ctx.signal)),
  recorded: sessionProcedure
    .input(auditRecordedInput)
    .output(auditRecordedOutput)
    .query(({ ctx, input }) => ctx.services.audit.recorded(input, ctx.signal)),
  savedFilters: sessionProcedure
    .output(savedAuditFilters.nullable())
    .query(({ ctx }) => ctx.services.savedFilters.list(null, ctx.signal)),
  saveFilter: sessionProcedure
    .input(saveAuditFilterInput)
    .mutation(({ ctx, input }) => ctx.services.savedFilters.save(input, ctx.signal)),
  forgetFilter: sessionProcedure
    .input(forgetAuditFilterInput)
    .mutation(({ ctx, input }) => ctx.services.savedFilters.forget(input, ctx.signal)),
})

export const trail = router({
  coverage: sessionProcedure
    .input(reviewCoverageInput)
    .output(reviewCoverage.nullable())
    .query(({ ctx, input }) => ctx.services.trail.coverage(input, ctx.signal)),
  signOff: sessionProcedure
    .input(signOffInput)
    .output(signOffOutput)
    .mutation(({ ctx, input }) => ctx.services.trail.signOff(input, ctx.signal)),
  reveal: sessionProcedure
    .input(revealInput)
    .output(revealOutput)
    .mutation(({ ctx, input }) => ctx.services.trail.reveal(input, ctx.signal)),
  state: sessionProcedure
    .output(trailState.nullable())
    .query(({ ctx }) => ctx.services.trail.state(null, ctx.signal)),
  seal: sessionProcedure.output(published).mutation(({ ctx }) => ctx.services.trail.seal(null, ctx.signal)),
  verify: sessionProcedure
    .input(trailVerifyInput)
    .output(jobState)
    .mutation(({ ctx, input }) => ctx.services.trail.verify(input, ctx.signal)),
  check: sessionProcedure.output(jobState).mutation(({ ctx }) => ctx.services.trail.check(null, ctx.signal)),
})

export const evidence = router({
  /** Makes the key at first use. */
  signer: procedure.output(evidenceSigner).query(({ ctx }) => signerOf(ctx)),
  preview: sessionProcedure
    .input(evidencePreviewInput)
    .output(evidencePreview)
    .query(({ ctx, input }) => ctx.services.evidence.preview(input, ctx.signal)),
  export: sessionProcedure
    .input(evidenceExportInput)
    .output(jobState)
    .mutation(async ({ ctx, input: { scope, reason, unsigned } }) =>
      ctx.services.evidence.export(
        { scope, reason, key: unsigned ? null : await ctx.signingKeys.get() },
        ctx.signal,
      ),
    ),
  take: sessionProcedure
    .input(jobInput)
    .output(evidenceTakeOutput)
    .mutation(({ ctx, input }) => ctx.services.evidence.take(input, ctx.signal)),
})
