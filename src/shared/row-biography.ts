import { z } from 'zod'
import { auditOps } from './audit.ts'

const time = z.iso.datetime({ offset: true })

/** The versions of one row, and what else of its table's history is told, that are listed at most. */
export const biographyLimit = 200

export const biographyInput = z.object({ schema: z.string(), table: z.string(), row: z.string() })
export type BiographyInput = z.infer<typeof biographyInput>

/** Something that the trail does not tell of the time before an event. */
export const biographyGap = z.enum([
  /** The row as the event found it is not the row as the event before left it. */
  'changed',
  /** It is made, and was not taken away before. */
  'vanished',
  /** It is there, and was not made after it was taken away, or after its key changed. */
  'appeared',
])

export const biographyEntry = z.object({
  id: z.string(),
  at: time,
  op: z.enum(auditOps),
  actor: z.string(),
  role: z.string(),
  reason: z.string().nullable(),
  transaction: z.string(),
  /** Images as JSON text. Null also where `isLarge`. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  isLarge: z.boolean(),
  gap: biographyGap.nullable(),
  /** Of a gap, the columns that were changed: as the event before left them, and as this one found them, as JSON text. */
  left: z.string().nullable(),
  found: z.string().nullable(),
  /** An update gave the row this key, under which it goes on. */
  movedTo: z.string().nullable(),
  /** Of DDL, its command. */
  command: z.string().nullable(),
  /** Of a NOTE: recording of the table began, went on by other rules, or ended. */
  recording: z.enum(['began', 'ruled', 'ended']).nullable(),
  /** Recording began again: since when it was off. */
  offSince: time.nullable(),
})
export type BiographyEntry = z.infer<typeof biographyEntry>

/** The newest first. `older`: how many are not listed. `masked`: columns of the table that this role sees masked. */
export const biographyOutput = z.object({
  entries: z.array(biographyEntry),
  older: z.int(),
  masked: z.array(z.string()),
})
export type Biography = z.infer<typeof biographyOutput>
