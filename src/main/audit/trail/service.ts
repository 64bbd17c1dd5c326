import type { Revealed, RevealInput, SignedOff, SignOffInput } from '../../../shared/audit-review.ts'
import type { PaperSeal, Published, TrailState } from '../../../shared/audit-trail.ts'
import type { JobState } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'
import { readReviewCoverage } from './coverage-of-reviews.ts'
import { readTrailState } from './state.ts'
import { createTrail } from './trail.ts'

/** The audit trail for the console's screens: what takes its time is a job of the session. */
export const createTrailService = (session: Session, options: { home: string }) => {
  const trail = createTrail(session, options)
  return {
    state: (_: null, signal: AbortSignal): Promise<TrailState | null> =>
      readTrailState(session.database, signal),

    /** Seals once. Fails with `READ_ONLY` where the session may not write. */
    async seal(_: null, signal: AbortSignal): Promise<Published> {
      const made: Published[] = []
      await trail.seal(null, signal, ({ n: _events, ...seal }) => made.push(seal))
      const [seal] = made
      if (seal === undefined) throw new Error('Sealing ended without a seal.')
      return seal
    },

    coverage: (period: { from: string | null; to: string | null }, signal: AbortSignal) =>
      readReviewCoverage(session.database, period, signal),

    signOff: (input: SignOffInput, signal: AbortSignal): Promise<SignedOff> => trail.signOff(input, signal),

    reveal: async (input: RevealInput, signal: AbortSignal): Promise<Revealed> => trail.reveal(input, signal),

    /**
     * Its result is a `TrailReport`.
     * @param input.expected seals that were published elsewhere, such as on paper
     */
    verify: ({ expected }: { expected: PaperSeal[] }): Promise<JobState> =>
      session.jobs.start({ kind: 'verify-trail', title: 'Verify the audit trail' }, (context) =>
        trail.verify({ since: null, expected }, context),
      ),

    /** Its result is a list of `TrailCheck`. */
    check: (): Promise<JobState> =>
      session.jobs.start({ kind: 'check-trail', title: 'Check the recording' }, ({ signal, report }) =>
        trail.check(signal, (table) => report({ done: 0, total: null, unit: 'tables', what: table })),
      ),
  }
}
