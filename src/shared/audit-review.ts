import { z } from 'zod'
import { reason } from './reason.ts'

const time = z.iso.datetime({ offset: true })
const sealNo = z.string().regex(/^\d{1,18}$/)

export const reviewVerdicts = ['accepted', 'objected'] as const

export const reviewCoverageInput = z.object({ from: time.nullable(), to: time.nullable() })

/** What of a period is sealed, what of that was reviewed, and what is retired: no longer in the log. Null seals: nothing of it is sealed. */
export const reviewCoverage = z.object({
  fromSeal: sealNo.nullable(),
  toSeal: sealNo.nullable(),
  events: z.number(),
  reviewed: z.number(),
  retired: z.number(),
  /**
   * Seals of the period that nobody signed off, in runs within one era, the newest first, a hundred at most. `from` and `to` are such
   * that the period between them has just these seals; null: from the first event.
   */
  unreviewed: z.array(
    z.object({ fromSeal: sealNo, toSeal: sealNo, events: z.number(), from: time.nullable(), to: time }),
  ),
  maySignOff: z.boolean(),
  /** Those that touch the period, the newest first, twenty at most. */
  reviews: z.array(
    z.object({
      reviewer: z.string(),
      fromSeal: sealNo,
      toSeal: sealNo,
      verdict: z.enum(reviewVerdicts),
      note: z.string(),
      at: time,
      events: z.number(),
      retired: z.number(),
    }),
  ),
})
export type ReviewCoverage = z.infer<typeof reviewCoverage>

export const signOffInput = z.object({
  fromSeal: sealNo,
  toSeal: sealNo,
  verdict: z.enum(reviewVerdicts),
  note: reason,
})
export type SignOffInput = z.infer<typeof signOffInput>
export const signOffOutput = z.object({ events: z.number(), retired: z.number() })
export type SignedOff = z.infer<typeof signOffOutput>

export const revealInput = z.object({ at: z.string().max(64), event: sealNo, reason })
export type RevealInput = z.infer<typeof revealInput>
/** Both images as JSON text. */
export const revealOutput = z.object({ before: z.string().nullable(), after: z.string().nullable() })
export type Revealed = z.infer<typeof revealOutput>
