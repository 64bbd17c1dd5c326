import { z } from 'zod'
import { ConsoleError } from './errors.ts'
import { reason } from './reason.ts'

/** Bigint ids travel as text. */
const id = z.string().regex(/^[1-9]\d{0,18}$/)

/** `in force`: the one of its person that counts. `superseded`: another one took its place. Both of the others are kept. */
export const signatureStates = ['in force', 'superseded', 'revoked'] as const
export const signatureState = z.enum(signatureStates)
export type SignatureState = z.infer<typeof signatureState>

/**
 * What the table takes, as its own constraints say; null where none could be read: the server decides then. `mediaTypes` such as
 * `image/png`; width and height in pixels.
 */
export const signatureLimits = z.object({
  bytes: z.int().nullable(),
  mediaTypes: z.array(z.string()).nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
})
export type SignatureLimits = z.infer<typeof signatureLimits>

/** What the session's role may do here, as the server says. */
export const signatureAccess = z.object({
  limits: signatureLimits,
  mayAdd: z.boolean(),
  mayReplace: z.boolean(),
  mayRevoke: z.boolean(),
  maySeeImages: z.boolean(),
  maySeePeople: z.boolean(),
  maySeeDocuments: z.boolean(),
  /** The server writes the parameters of statements into its log, whole: images, too. */
  logsImages: z.boolean(),
})
export type SignatureAccess = z.infer<typeof signatureAccess>

/**
 * The newest first, `signaturesPage` at a time.
 * @property text part of the person's address
 * @property before the last id of the page before
 */
export const signaturesListInput = z.object({
  states: z.array(signatureState),
  text: z.string().max(254),
  before: id.nullable(),
})
export const signaturesPage = 200

export const signature = z.object({
  id,
  userId: z.uuid(),
  /** Null: the role may not read addresses. */
  email: z.string().nullable(),
  state: signatureState,
  mediaType: z.string(),
  sha256: z.string(),
  /** Null: the role may not see images, and their size with them. */
  bytes: z.int().nullable(),
  /** Null: the server found no PNG or JPEG in it. */
  width: z.int().nullable(),
  height: z.int().nullable(),
  createdAt: z.string(),
  revokedAt: z.string().nullable(),
  supersededBy: id.nullable(),
  supersededAt: z.string().nullable(),
})
export type Signature = z.infer<typeof signature>
export const signaturesListOutput = z.object({ signatures: z.array(signature), isWhole: z.boolean() })
export type SignaturesList = z.infer<typeof signaturesListOutput>

export const signatureInput = z.object({ id })

/** What the gate found of an image that it let through. */
export const imageFacts = z.object({
  mediaType: z.string(),
  bytes: z.int(),
  width: z.int(),
  height: z.int(),
  sha256: z.string(),
  /** Whether it shows something of what is behind it. */
  hasTransparency: z.boolean(),
})
export type ImageFacts = z.infer<typeof imageFacts>

/**
 * Base64 in JSON: the table's limit is 256 kB, far below the 1 MB that a request may have. What is longer than this is refused
 * before it is read.
 */
export const imageBase64 = z.base64().max(700_000)
/** Bytes that fit into it. */
export const transportLimit = 525_000

export const imageTooLarge = (bytes: number, limit: number): ConsoleError =>
  new ConsoleError(
    'VALUE_TOO_LARGE',
    `The image has ${bytes.toLocaleString('en')} bytes; the table takes ${limit.toLocaleString('en')} at most.`,
    'Save it smaller, or with fewer colours: a signature needs few.',
  )

/** A stored image, its hash computed here. `problem`: why it is not shown. `isIntact`: it has the hash that its row says. */
export const signatureImage = z.object({
  base64: imageBase64.nullable(),
  facts: imageFacts.nullable(),
  problem: z.string().nullable(),
  sha256: z.string(),
  isIntact: z.boolean(),
})
export type SignatureImage = z.infer<typeof signatureImage>

/** Looks at an image without storing it. `same`: signatures of others with the very same image. */
export const signaturesInspectInput = z.object({ image: imageBase64, userId: z.uuid().nullable() })
export const signaturesInspectOutput = z.object({
  facts: imageFacts,
  same: z.array(z.object({ id, email: z.string().nullable(), state: signatureState })),
})
export type Inspected = z.infer<typeof signaturesInspectOutput>

/** `inForce`: the id of the signature that counts now; null when there is none. */
export const person = z.object({
  userId: z.uuid(),
  email: z.string(),
  role: z.string(),
  inForce: id.nullable(),
})
export type Person = z.infer<typeof person>
export const signaturesPeopleInput = z.object({ text: z.string().max(254) })

/** `replaces`: the one in force as the person who saves saw it; null when there was none. Fails with `CONFLICT` when that is so no more. */
export const signaturesSaveInput = z.object({
  userId: z.uuid(),
  image: imageBase64,
  replaces: id.nullable(),
  reason,
})
export type SaveSignature = z.infer<typeof signaturesSaveInput>
export const signaturesSaveOutput = z.object({ id, sha256: z.string() })
export type SavedSignature = z.infer<typeof signaturesSaveOutput>

export const signaturesRevokeInput = z.object({ id, reason })

/** Documents that the person approved while the signature was in force: those that the role may see, the newest first. */
export const signatureUses = z.object({
  count: z.int(),
  newest: z.array(z.object({ id, filename: z.string(), plant: z.string(), createdAt: z.string() })),
})
export type SignatureUses = z.infer<typeof signatureUses>

/** What the verification of all signatures found. `listed`: the first of them. */
export const signaturesReport = z.object({
  verified: z.int(),
  bytes: z.int(),
  findings: z.int(),
  listed: z.array(z.object({ id, problem: z.string() })),
})
export type SignaturesReport = z.infer<typeof signaturesReport>
