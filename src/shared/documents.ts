import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'
import { reason } from './reason.ts'

export const documentStates = ['pending', 'stored', 'retired', 'quarantined', 'abandoned'] as const
export type DocumentState = (typeof documentStates)[number]

/** Bytes of one chunk that the page hands over. */
export const chunkSize = 4 * 1024 * 1024
/** Bytes above which a document is uploaded in parts. */
export const partsAbove = 64 * 1024 * 1024

/** A row's id: `bigint` as text. */
export const documentId = z.string().regex(/^\d{1,19}$/)

/** A file as the page sees it; its bytes follow when the console asks for them. `documentId` resumes a pending document. */
export const fileToUpload = z.object({
  name: z.string().min(1).max(1024),
  bytes: z.int().nonnegative(),
  documentId: documentId.optional(),
})
export type FileToUpload = z.infer<typeof fileToUpload>

export const uploadsAddInput = z.object({
  files: z.array(fileToUpload).min(1).max(500),
  plant: z.string().regex(/^[A-Z]{3}-[0-9]+$/),
  site: z.string().trim().min(1).max(200).nullable(),
  reason,
})
export type UploadsAddInput = z.infer<typeof uploadsAddInput>

export const uploadStatuses = [
  'queued',
  'hashing',
  /** The same content is there already: somebody decides. */
  'duplicate',
  'sending',
  'checking',
  'stored',
  'failed',
  'cancelled',
] as const
export type UploadStatus = (typeof uploadStatuses)[number]

/** A document with the same content. */
export const duplicateDocument = z.object({
  id: documentId,
  filename: z.string(),
  plant: z.string(),
  state: z.enum(documentStates),
})

export const uploadState = z.object({
  id: z.string(),
  name: z.string(),
  bytes: z.number(),
  plant: z.string(),
  status: z.enum(uploadStatuses),
  paused: z.boolean(),
  /** It wants bytes that no page gives: the file has to be chosen again. */
  starving: z.boolean(),
  /** Bytes of the present phase. */
  done: z.number(),
  /** Bytes a second over the last moments; null when nothing moves. */
  speed: z.number().nullable(),
  /** How often a part or the whole was sent again. */
  retries: z.number(),
  contentType: z.string().nullable(),
  sha256: z.string().nullable(),
  documentId: documentId.nullable(),
  duplicates: z.array(duplicateDocument),
  error: consoleErrorShape.nullable(),
})
export type UploadState = z.infer<typeof uploadState>

/** Only what changed since a revision is told: thousands may wait. */
export const uploadsChangesInput = z.object({ since: z.int().nonnegative() })
export const uploadsChanges = z.object({ revision: z.int(), uploads: z.array(uploadState) })

export const uploadActs = ['pause', 'resume', 'cancel', 'retry', 'keep-duplicate', 'forget'] as const
export const uploadsActInput = z.object({
  uploadIds: z.array(z.string()).min(1).max(5000),
  act: z.enum(uploadActs),
})

/** Why the page cannot give bytes. */
export const fileTroubles = ['changed', 'unreadable'] as const

/** Bytes that the page hands over, or none to ask what is wanted. */
export const feedInput = z.object({
  sessionId: z.string(),
  uploadId: z.string(),
  offset: z.int().nonnegative(),
  trouble: z.enum(fileTroubles).nullable(),
})
export type FeedInput = z.infer<typeof feedInput>

/** What the console wants of a file next. `wait`: nothing now, ask again. `end`: nothing more. */
export const feedWant = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bytes'), offset: z.int(), length: z.int() }),
  z.object({ kind: z.literal('wait') }),
  z.object({ kind: z.literal('end') }),
])
export type FeedWant = z.infer<typeof feedWant>

/** What may be uploaded over a connection. Null settings: it knows no storage. */
export const uploadPolicy = z.object({
  storage: z.object({ bucket: z.string(), endpoint: z.string().nullable(), prefix: z.string() }).nullable(),
  allowedTypes: z.array(z.string()),
  maxBytes: z.number(),
})
