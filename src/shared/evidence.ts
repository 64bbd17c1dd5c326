import { z } from 'zod'
import { reason } from './reason.ts'

const sealNo = z.string().regex(/^[0-9]{1,18}$/)
const time = z.iso.datetime({ offset: true }).nullable()

/** What an evidence package is about. Whole seals prove that nothing is missing; a row's events only that they belong. */
export const evidenceScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('seals'), from: sealNo, to: sealNo }),
  /** Null: from the beginning, or until now. */
  z.object({ kind: z.literal('period'), from: time, to: time }),
  /** `row` as `row_pk` of the trail has it. */
  z.object({ kind: z.literal('row'), schema: z.string(), table: z.string(), row: z.string() }),
])
export type EvidenceScope = z.infer<typeof evidenceScope>

const sealRange = z.object({ from: sealNo, to: sealNo })

/** What a package would contain if it were made now. */
export const evidencePreview = z.object({
  /** Null: there are none yet, and the export begins with sealing. */
  seals: sealRange.nullable(),
  events: z.number(),
  /** Events that no seal covers yet. They are sealed first where the role may seal, and left out otherwise. */
  unsealed: z.number(),
  maySeal: z.boolean(),
})
export type EvidencePreview = z.infer<typeof evidencePreview>

export const evidencePreviewInput = z.object({ scope: evidenceScope })
/** `unsigned`: the person accepts a package that nobody signed. */
export const evidenceExportInput = z.object({ scope: evidenceScope, reason, unsigned: z.boolean() })

/** Fingerprint of the key that signs packages; null, with the reason in words: there is none. */
export const evidenceSigner = z.object({ keyId: z.string().nullable(), explanation: z.string() })
export type EvidenceSigner = z.infer<typeof evidenceSigner>

/** What was made. */
export const evidenceReport = z.object({
  name: z.string(),
  bytes: z.number(),
  events: z.number(),
  seals: sealRange,
  /** Of the whole file, to be told beside it. */
  sha256: z.string(),
  keyId: z.string().nullable(),
  /** The event that tells of this export. */
  accessEvent: z.string(),
  /** What the package could not do, in words. */
  limits: z.array(z.string()),
  /** What verify.mjs says of it. `refused`: the trail itself does not hold. */
  verdict: z.enum(['proven', 'unsigned', 'refused']),
  words: z.array(z.string()),
})
export type EvidenceReport = z.infer<typeof evidenceReport>

/** The bytes are pulled like those of a result, to their end: then the console has the file no more. */
export const evidenceTakeOutput = z.object({ resultId: z.string() })
