import type { S3Request } from './s3-request.ts'

/** What a credential may be allowed or refused, in the words of IAM. */
export const actions = [
  's3:AbortMultipartUpload',
  's3:BypassGovernanceRetention',
  's3:CreateBucket',
  's3:DeleteBucket',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:GetBucketLocation',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketPolicyStatus',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketVersioning',
  's3:GetEncryptionConfiguration',
  's3:GetObject',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectVersion',
  's3:ListAllMyBuckets',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListBucketVersions',
  's3:ListMultipartUploadParts',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutObject',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
] as const

export type Action = (typeof actions)[number]

export interface Credential {
  accessKeyId: string
  secretAccessKey: string
  /** A temporary credential: requests must bring this token along. */
  sessionToken?: string
  /** When it ends, in milliseconds since 1970. */
  expires?: number
  /** By default everything. */
  allow?: readonly Action[]
  /** Refused, even if allowed. */
  deny?: readonly Action[]
}

/** What tests turn while the server runs. Read anew at each request; never reachable over the wire. */
export interface Switches {
  /** A bucket policy that refuses objects without a header `x-amz-server-side-encryption`. */
  refuseUnencrypted?: boolean
  /** What the status of the bucket's policy says; by default there is no policy. */
  isPublic?: boolean
  /**
   * Told of each request that passed authentication, before it is carried out. It may wait, throw an `S3Error`, or cut the
   * connection; what it returns is called after the work is done and before the answer is sent.
   */
  onRequest?: (
    request: S3Request,
    operation: string,
  ) => Promise<(() => void) | undefined> | (() => void) | undefined
}

export interface ObjectServerOptions {
  /** Where index and objects are kept; made where it is missing. One server at a time. */
  folder: string
  /** On 127.0.0.1; by default any that is free. */
  port?: number
  region?: string
  credentials: readonly Credential[]
  /** PEM. */
  tls?: { privateKey: string; certificate: string }
  switches?: Switches
}

export interface ObjectServer {
  /** Of the endpoint, such as `http://127.0.0.1:9000`. */
  readonly url: string
  readonly port: number
  /** Cuts what is still connected. */
  close(): Promise<void>
}
