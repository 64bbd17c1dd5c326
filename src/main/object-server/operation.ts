import type { Readable } from 'node:stream'
import type { Blobs } from './blobs.ts'
import { type Bucket, findBucket } from './buckets.ts'
import type { IndexFile } from './index-file.ts'
import type { Action, Switches } from './options.ts'
import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'
import { type XmlContent, xmlDocument } from './xml.ts'

/** One authenticated request with all that is needed to carry it out. */
export interface Call {
  readonly request: S3Request
  /** What the signature says of the body. */
  readonly payload: string
  readonly index: IndexFile
  readonly blobs: Blobs
  readonly region: string
  readonly switches: Switches
  /** Whether the credential may do this. */
  readonly may: (action: Action) => boolean
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: string | Readable
}

export interface Operation {
  readonly name: string
  /** What the credential must be allowed; by request where it depends on a version being named. */
  readonly action: Action | ((call: Call) => Action)
  readonly run: (call: Call) => Reply | Promise<Reply>
}

/** @throws S3Error AccessDenied */
export const requireAction = (call: Call, action: Action): void => {
  if (!call.may(action)) throw new S3Error('AccessDenied', 'Access Denied', { more: { Action: action } })
}

export const bucketOf = (call: Call): Bucket => findBucket(call.index, call.request.bucket ?? '')

export const keyOf = (call: Call): string => {
  const key = call.request.key ?? ''
  if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 'Your key is too long')
  return key
}

export const xmlReply = (root: string, content: XmlContent, headers: Record<string, string> = {}): Reply => ({
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, content),
})

/** The version's id as a header, where the bucket has versions. */
export const versionHeader = (bucket: Bucket, versionId: string): Record<string, string> =>
  bucket.versioning === '' ? {} : { 'x-amz-version-id': versionId }

/** Runs `change` as one transaction, and discards those of `blobs` that nothing uses any more. */
export const changeAndDiscard = <Value>(
  { index, blobs }: Pick<Call, 'index' | 'blobs'>,
  candidates: readonly { blob: string }[],
  change: () => Value,
): Value => {
  const value = index.transaction(change)
  for (const blob of new Set(candidates.map((candidate) => candidate.blob))) {
    if (!index.blobIsUsed(blob)) blobs.discard(blob)
  }
  return value
}
