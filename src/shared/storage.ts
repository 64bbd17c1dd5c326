import { z } from 'zod'

/** How an object is encrypted where it lies. `bucket` asks for nothing: the bucket's own default holds. */
export const storageEncryptions = ['bucket', 'AES256', 'aws:kms'] as const

/** `keychain`: a key pair, its secret in the keychain. `chain`: as the AWS tools find theirs: environment, profile, SSO, role. */
export const storageCredentials = ['keychain', 'chain'] as const

export const mediaType = z.string().regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/)

/** What documents are unless a profile says otherwise. The type is read from the content. */
export const usualTypes: readonly string[] = [
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/tiff',
  'text/plain',
  'text/csv',
  'application/zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
]

/** What people call the types that they meet. */
export const mediaTypeTitles: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'image/png': 'PNG image',
  'image/jpeg': 'JPEG image',
  'image/tiff': 'TIFF image',
  'image/gif': 'GIF image',
  'image/webp': 'WebP image',
  'text/plain': 'Plain text',
  'text/csv': 'CSV table',
  'application/json': 'JSON',
  'application/xml': 'XML',
  'application/zip': 'ZIP archive',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel workbook',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint presentation',
  'application/vnd.oasis.opendocument.text': 'OpenDocument text',
  'application/vnd.oasis.opendocument.spreadsheet': 'OpenDocument spreadsheet',
  'video/mp4': 'MP4 video',
  'application/octet-stream': 'Anything unknown',
}

/** What one object of S3 may hold at most, in bytes: 5 TiB. */
export const largestObject = 5 * 1024 ** 4

/** Where a connection keeps its documents: any server that speaks S3. Holds no secret: that is in the keychain. */
export const storageSettings = z.object({
  /** Null: Amazon's own for the region. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable(),
  region: z.string().trim().min(1).max(64),
  bucket: z
    .string()
    .min(3)
    .max(63)
    .regex(/^[a-z0-9][a-z0-9._-]*[a-z0-9]$/i),
  /** What all keys begin with: empty, or ending with a slash. */
  prefix: z
    .string()
    .max(256)
    .regex(/^(?:[^/\p{Cc}][^\p{Cc}]*\/)?$/u),
  /** `https://server/bucket/key` instead of `https://bucket.server/key`. */
  pathStyle: z.boolean(),
  encryption: z.enum(storageEncryptions),
  /** Id or ARN of the key for `aws:kms`; null: the account's own. */
  kmsKey: z.string().trim().min(1).max(2048).nullable(),
  credentials: z.enum(storageCredentials),
  /** For `keychain`: the public half of the pair. */
  accessKeyId: z.string().trim().min(1).max(128).nullable(),
  /** For `chain`: a profile of the AWS configuration; null: the default one. */
  awsProfile: z.string().trim().min(1).max(128).nullable(),
  /** Path of a PEM file; null: the system's authorities. */
  caFile: z.string().min(1).max(4096).nullable(),
  /**
   * Days for which the bucket keeps what is published of the audit trail's seals, locked against everybody. Null: nothing of them is
   * kept there. Needs Object Lock.
   */
  anchorDays: z.int().min(1).max(36_500).nullable().default(null),
  /** Media types that may be uploaded. */
  allowedTypes: z.array(mediaType).min(1).max(100),
  /** Bytes of the largest document that may be uploaded. */
  maxBytes: z.int().min(1).max(largestObject),
})
export type StorageSettings = z.infer<typeof storageSettings>

/** Settings for a bucket of which nothing else is known. */
export const newStorage: StorageSettings = {
  endpoint: null,
  region: 'us-east-1',
  bucket: '',
  prefix: '',
  pathStyle: false,
  encryption: 'bucket',
  kmsKey: null,
  credentials: 'keychain',
  accessKeyId: null,
  awsProfile: null,
  caFile: null,
  anchorDays: null,
  allowedTypes: [...usualTypes],
  maxBytes: 5 * 1024 ** 3,
}

/** Whether whoever stands in between can read what is sent there: plain HTTP to another machine. */
export const isSentPlain = (endpoint: string | null): boolean => {
  if (endpoint === null || !URL.canParse(endpoint)) return false
  const { protocol, hostname } = new URL(endpoint)
  return protocol === 'http:' && !/^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}
