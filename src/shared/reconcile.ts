import { z } from 'zod'
import { documentId, documentStates } from './documents.ts'
import { consoleErrorShape } from './errors.ts'
import { reason } from './reason.ts'

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

/**
 * `gone`: the version that was checked is no longer there; `unnamed`: the row names none, and the bucket has some; `deleted` and `covered`:
 * it is there and is read, behind a mark of deletion or another object.
 */
export const versionTroubles = ['gone', 'unnamed', 'deleted', 'covered'] as const

export const finding = z.object({
  kind: z.enum(findingKinds),
  /** Of a version that differs, or of a quarantined document's. */
  how: z.enum(versionTroubles).nullable(),
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
export const listedOfAKind = 100

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

export const reconcileInput = z.object({
  depth: z.enum(reconcileDepths),
  stuckHours: z.int().min(stuckHours.min).max(stuckHours.max),
})

/**
 * What can be done about a finding; the bucket loses nothing by it but parts of uploads that nobody goes on with. `quarantine`: nobody
 * reads it from then on; `release`: the way back, once all of it was read; `name-version`: the row names the version whose content is its
 * own; `complete`: a pending document whose object is there is stored; `give-up`: its upload is; `abort`: an upload that no document knows
 * ends; `adopt`: an object that has none gets a document.
 */
export const mendings = [
  'quarantine',
  'release',
  'name-version',
  'complete',
  'give-up',
  'abort',
  'adopt',
] as const
export type Mending = (typeof mendings)[number]

const ofDocument = z.object({ documentId, reason })
export const mendInput = z.discriminatedUnion('mending', [
  z.object({
    mending: z.literal('quarantine'),
    documentIds: z.array(documentId).min(1).max(listedOfAKind),
    reason,
  }),
  ofDocument.extend({ mending: z.enum(['release', 'name-version', 'complete', 'give-up']) }),
  z.object({
    mending: z.literal('abort'),
    key: z.string().min(1).max(1024),
    uploadId: z.string().min(1).max(1024),
    reason,
  }),
  z.object({
    mending: z.literal('adopt'),
    key: z.string().min(1).max(1024),
    version: z.string().max(1024).nullable(),
    filename: z.string().trim().min(1).max(1024),
    plant: z.string().regex(/^[A-Z]{3}-[0-9]+$/),
    reason,
  }),
])
export type MendInput = z.infer<typeof mendInput>

/** What was done, in a sentence. `trouble`: the database holds it, and the bucket did not follow. */
export const mended = z.object({ done: z.string(), trouble: consoleErrorShape.nullable() })
export type Mended = z.infer<typeof mended>

/** What can be done about a finding, the likeliest first. */
export const mendingsOf = (found: Finding): Mending[] => {
  const { kind, how, state, versions, rowBytes, objectBytes } = found
  const isTrusted = state === 'stored'
  // Another version may hold the content that the row speaks of.
  const mayName = how === 'gone' || how === 'unnamed' || (versions ?? 0) > 1
  switch (kind) {
    case 'object-missing':
      return isTrusted ? ['quarantine'] : []
    case 'checksum-differs':
    case 'size-differs':
      return [
        ...(mayName ? (['name-version'] as const) : []),
        ...(isTrusted ? (['quarantine'] as const) : []),
      ]
    case 'version-differs':
      if (how === 'deleted' || how === 'covered') return []
      return ['name-version', ...(isTrusted && how === 'gone' ? (['quarantine'] as const) : [])]
    case 'pending-stuck':
      return [...(rowBytes === objectBytes ? (['complete'] as const) : []), 'give-up']
    case 'object-unknown':
      return found.documentId === null ? ['adopt'] : []
    case 'upload-unknown':
      return ['abort']
    case 'quarantined':
      return [
        ...(rowBytes === objectBytes && how !== 'gone' ? (['release'] as const) : []),
        ...(mayName ? (['name-version'] as const) : []),
      ]
    default:
      return kind satisfies never
  }
}
