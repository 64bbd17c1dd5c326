import { z } from 'zod'
import { documentId } from './documents.ts'
import { consoleErrorShape } from './errors.ts'
import { reason } from './reason.ts'

/** Bytes of the largest document that is shown. Larger ones are downloaded. */
export const previewLimit = 50 * 1024 * 1024

const moment = z.iso.datetime()

export const documentInput = z.object({ documentId })

export const documentOpenInput = documentInput.extend({ purpose: z.enum(['preview', 'download']) })
/** A result to be pulled to its end. Its last bytes come only when all of them were the document's. */
export const openedDocument = z.object({
  resultId: z.string(),
  filename: z.string(),
  contentType: z.string(),
  bytes: z.number(),
  sha256: z.string(),
})
export type OpenedDocument = z.infer<typeof openedDocument>

/** Seconds that a link can be good for: what S3's signatures allow at most, and what a person needs at least. */
export const linkSeconds = { min: 300, usual: 900, max: 604_800 } as const
export const documentLinkInput = documentInput.extend({
  seconds: z.int().min(linkSeconds.min).max(linkSeconds.max),
  reason,
})
export const documentLink = z.object({ url: z.url(), expiresAt: moment })
export type DocumentLink = z.infer<typeof documentLink>

/** The versions under the document's key, the newest first, and what keeps its own from being deleted. */
export const documentObject = z.object({
  versions: z.array(
    z.object({
      /** Null: the bucket keeps none. */
      version: z.string().nullable(),
      bytes: z.number(),
      modified: moment.nullable(),
      isNewest: z.boolean(),
      /** It says that the object was deleted. */
      isDeletion: z.boolean(),
      isDocument: z.boolean(),
    }),
  ),
  /** Null: the bucket has no Object Lock. */
  lock: z
    .object({
      legalHold: z.boolean(),
      mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).nullable(),
      until: moment.nullable(),
    })
    .nullable(),
  /** Why the lock could not be read. */
  lockTrouble: consoleErrorShape.nullable(),
})
export type DocumentObject = z.infer<typeof documentObject>

export const documentRetireInput = documentInput.extend({ reason })
export const documentHoldInput = documentInput.extend({ on: z.boolean(), reason })
/** The hold in the database stands. `object`: that of its object; `none`: nothing in the storage can be held. */
export const documentHeld = z.object({
  object: z.enum(['changed', 'none', 'failed']),
  trouble: consoleErrorShape.nullable(),
})
export type DocumentHeld = z.infer<typeof documentHeld>

/** What documents can be filtered by: of the newest 100,000. */
export const documentFacets = z.object({
  types: z.array(z.string()),
  plants: z.array(z.string()),
  sites: z.array(z.string()),
  roles: z.array(z.string()),
  /** People of the ERP, by address where this role may see it, else by id. */
  people: z.array(z.object({ id: z.string(), name: z.string() })),
})

/** What this role may do with documents, as the server says. */
export const documentAccess = z.object({
  mayRetire: z.boolean(),
  mayHold: z.boolean(),
  mayTake: z.boolean(),
  /** Change what a comparison with the bucket found. */
  mayMend: z.boolean(),
})
export type DocumentAccess = z.infer<typeof documentAccess>
