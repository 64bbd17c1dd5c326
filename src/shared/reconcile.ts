import { z } from 'zod'
import { documentId, documentStates } from './documents.ts'

/**
 * How closely documents and bucket are compared. `listing`: by what a listing tells: there or not, size, version. `checksum`: each object
 * is also asked for its SHA-256. `read`: those of which the storage has none are read and hashed.
 */
export const reconcileDepths = ['listing', 'checksum', 'read'] as const
export type ReconcileDepth = (typeof reconcileDepths)[number]

/** What can differ, the gravest first. `quarantined` is known already, and counts as no difference. */
export const findingKinds = [
  'object-missing',
  'checksum-differs',
  'size-differs',
  'version-differs',
  'pending-stuck',
  'object-unknown',
  'upload-unknown',
  'quarantined',
] as const
export type FindingKind = (typeof findingKinds)[number]

export const findingTitles: Readonly<Record<FindingKind, string>> = {
  'object-missing': 'Document without its object',
  'checksum-differs': 'Another SHA-256',
  'size-differs': 'Another size',
  'version-differs': 'Another version',
  'pending-stuck': 'Pending for long',
  'object-unknown': 'Object without a document',
  'upload-unknown': 'Unfinished upload without a document',
  quarantined: 'Quarantined',
}

export const finding = z.object({
  kind: z.enum(findingKinds),
  key: z.string(),
  /** What was seen, in a sentence. */
  seen: z.string(),
  documentId: documentId.nullable(),
  filename: z.string().nullable(),
  plant: z.string().nullable(),
  state: z.enum(documentStates).nullable(),
  /** Of the object: the row's where it names one. */
  version: z.string().nullable(),
  /** Versions with bytes that lie under the key; null where they cannot be listed. */
  versions: z.int().nullable(),
  /** As the row says; null without one. */
  rowBytes: z.number().nullable(),
  objectBytes: z.number().nullable(),
  uploadId: z.string().nullable(),
  /** When the object was stored, the upload begun, or the pending row last touched: ISO 8601 UTC. */
  since: z.string().nullable(),
})
export type Finding = z.infer<typeof finding>

/** Findings of one kind that a report lists; more are only counted, and stand in the file of the report. */
export const listedOfAKind = 200

export const reconcileReport = z.object({
  depth: z.enum(reconcileDepths),
  bucket: z.string(),
  prefix: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  /** Documents and objects that were compared. */
  documents: z.int(),
  objects: z.int(),
  /** Unfinished uploads below the prefix. */
  uploads: z.int(),
  /** Documents whose content was held against their SHA-256, and how many of them were read for it. */
  verified: z.int(),
  read: z.int(),
  /** Findings without `quarantined`. */
  differences: z.int(),
  counts: z.record(z.enum(findingKinds), z.int()),
  listed: z.array(finding),
  /** What could not be compared, and why. */
  notes: z.array(z.string()),
})
export type ReconcileReport = z.infer<typeof reconcileReport>

/** Hours after which a pending document is stuck: an upload of the largest may take long. */
export const stuckHours = { min: 1, usual: 24, max: 8760 } as const
