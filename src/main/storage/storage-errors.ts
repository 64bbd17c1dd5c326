import { ConsoleError, cancelled } from '../../shared/errors.ts'

/** What a server that speaks S3 said: its HTTP status and, where there is one, its own code. */
export type Refusal = { status: number; code: string | null; message: string | null }

type Words = readonly [says: string, remedy: string]

const credentials: Words = [
  'does not know this access key',
  'Check the access key of the connection’s storage, or type it anew.',
]
const wrongSecret: Words = [
  'found the signature wrong: the secret key is another one',
  'Type the secret key anew.',
]
const noBucket: Words = ['has no such bucket', 'Correct the name of the bucket, or have it made.']
const expired: Words = [
  'says that the credentials have expired',
  'Sign in again (for example "aws sso login"), or save a new key.',
]
const clock: Words = [
  'says that the clock of this machine is wrong by more than 15 minutes',
  'Set the clock, best by the network (NTP), and try again.',
]
const region: Words = [
  'says that the bucket is in another region',
  'Correct region or endpoint of the storage.',
]
const damaged: Words = [
  'received other bytes than were sent',
  'Try again. If it happens again, something between here and the storage changes what passes through it.',
]
const busy: Words = ['is overloaded', 'Try again in a while.']
const full: Words = ['has no room left', 'Free space or raise the quota, and resume.']
const upload: Words = [
  'no longer knows this upload: it was aborted, or a rule of the bucket cleaned it up',
  'Resume: it begins anew with the same file.',
]
const withoutLock: Words = [
  'has no Object Lock for this bucket',
  'Name a bucket that was made with Object Lock.',
]
const key: Words = [
  'did not let the key for encryption be used',
  'Allow this access key to use the KMS key, or choose another encryption.',
]

/** Codes as in "Error responses" of the S3 API reference, with those that other servers use for the same. */
const words: { readonly [code: string]: Words } = {
  InvalidAccessKeyId: credentials,
  SignatureDoesNotMatch: wrongSecret,
  ExpiredToken: expired,
  TokenRefreshRequired: expired,
  InvalidToken: expired,
  RequestTimeTooSkewed: clock,
  NoSuchBucket: noBucket,
  NoSuchKey: [
    'has no such object',
    'Tell who runs the storage: the bucket’s own log says what became of it.',
  ],
  NoSuchVersion: [
    'no longer has this version of the object',
    'Tell who runs the storage: the bucket’s own log says what became of it.',
  ],
  NoSuchUpload: upload,
  ObjectLockConfigurationNotFoundError: withoutLock,
  PermanentRedirect: region,
  AuthorizationHeaderMalformed: region,
  IllegalLocationConstraintException: region,
  BadDigest: damaged,
  InvalidDigest: damaged,
  XAmzContentChecksumMismatch: damaged,
  XAmzContentSHA256Mismatch: damaged,
  IncompleteBody: damaged,
  SlowDown: busy,
  ServiceUnavailable: busy,
  InternalError: busy,
  RequestTimeout: busy,
  EntityTooLarge: ['takes no object of this size', 'Raise the limit of the bucket, or split the document.'],
  QuotaExceeded: full,
  XMinioStorageFull: full,
  InsufficientStorage: full,
  'KMS.NotFoundException': key,
  'KMS.DisabledException': key,
  'KMS.AccessDeniedException': key,
  'KMS.KMSInvalidStateException': key,
}

const linkExpired = 'says that the link has expired'

const denied = ({ message }: Refusal): Words =>
  /expired/i.test(message ?? '')
    ? [linkExpired, 'Try again: it is signed anew.']
    : [
        'does not allow it',
        'Have the policy of the bucket allow it, or test the storage: it tells what this access key may do.',
      ]

const byStatus = (status: number): Words => {
  if (status === 403) return denied({ status, code: null, message: null })
  if (status === 404) return ['has nothing there', 'Check endpoint and bucket.']
  if (status === 429 || status >= 500) return busy
  return ['refused', 'Check endpoint, region and bucket of the storage.']
}

const wordsOf = (refusal: Refusal): Words => {
  const { code, status, message } = refusal
  if (code === 'AccessDenied') return denied(refusal)
  if (code === 'InvalidRequest' && /object ?lock/i.test(message ?? '')) return withoutLock
  return (code !== null && words[code]) || byStatus(status)
}

/** A refusal in words. `doing` completes "cannot", such as "store the document". */
export const refused = (refusal: Refusal, doing: string, cause?: unknown): ConsoleError => {
  const { code, status } = refusal
  const [says, remedy] = wordsOf(refusal)
  return new ConsoleError(
    words[code ?? ''] === damaged ? 'CHECKSUM_MISMATCH' : 'STORAGE_REFUSED',
    `The storage cannot ${doing}: it ${says}.`,
    remedy,
    { detail: code ?? `HTTP ${status}`, cause },
  )
}

/** Whether the key is known and may not do this. */
export const isDenied = ({ detail }: ConsoleError): boolean =>
  detail === 'AccessDenied' || detail === 'HTTP 403'

/** Whether the key itself was refused, whatever it asked for. */
export const isUnknownKey = ({ code, detail }: ConsoleError): boolean =>
  code === 'KEYCHAIN_LOCKED' ||
  [credentials, wrongSecret, expired, clock].includes(words[detail ?? ''] ?? busy)

/** Whether there is no such bucket here. */
export const isElsewhere = ({ detail }: ConsoleError): boolean =>
  [noBucket, region].includes(words[detail ?? ''] ?? busy)

/** @param seen how far off the clock is */
export const clockIsWrong = (seen: string): ConsoleError =>
  new ConsoleError('STORAGE_REFUSED', seen, clock[1], { detail: 'RequestTimeTooSkewed' })

/** Whether the same may pass when it is tried again as it is: the storage was not reached, was busy, or a link grew old. */
export const mayPass = (error: unknown): boolean => {
  if (!(error instanceof ConsoleError)) return false
  if (error.code === 'STORAGE_UNREACHABLE') return true
  const said = error.detail ?? ''
  return (
    error.code === 'STORAGE_REFUSED' &&
    (words[said] === busy || error.message.includes(linkExpired) || /^HTTP (429|5\d\d)$/.test(said))
  )
}

const unreachable: { readonly [code: string]: string } = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it did not answer in time',
  TimeoutError: 'it did not answer in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
}

const certificateRemedies: { readonly [why: string]: string } = {
  'its certificate has expired': 'Have the certificate renewed. Check the clock of this machine, too.',
  'its certificate is for another name': 'Write the endpoint with a name that the certificate has.',
  'its certificate is not trusted': 'Name the file of its certificate authority in the storage settings.',
}

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause)
  return [...own, error.name, ...inner]
}

/** The connection failed before the server could say anything. */
export const notReached = (cause: unknown, doing: string): ConsoleError => {
  const why = codesOf(cause)
    .map((code) => unreachable[code])
    .find((known) => known !== undefined)
  return new ConsoleError(
    'STORAGE_UNREACHABLE',
    `The console cannot ${doing}: the storage was not reached${why === undefined ? '' : `, ${why}`}.`,
    certificateRemedies[why ?? ''] ?? 'Check the endpoint and the network, then resume.',
    { cause },
  )
}

/** Whatever the SDK throws, as a `ConsoleError`. */
export const storageError = (error: unknown, doing: string, signal: AbortSignal): ConsoleError => {
  if (signal.aborted) return signal.reason instanceof ConsoleError ? signal.reason : cancelled()
  if (error instanceof ConsoleError) return error
  if (error instanceof Error && '$metadata' in error) {
    const { httpStatusCode } = error.$metadata as { httpStatusCode?: number }
    if (httpStatusCode !== undefined) {
      // HEAD has no body: its errors are called by their status.
      const code = /^(NotFound|Unknown|UnknownError|\d+)$/.test(error.name) ? null : error.name
      return refused({ status: httpStatusCode, code, message: error.message }, doing, error)
    }
  }
  if (error instanceof Error && error.name === 'CredentialsProviderError') {
    return new ConsoleError(
      'STORAGE_REFUSED',
      'No credentials for the storage were found where the AWS tools keep theirs.',
      'Sign in (for example "aws sso login"), set AWS_PROFILE, or save an access key in the connection.',
      { cause: error, detail: 'CredentialsProviderError' },
    )
  }
  return notReached(error, doing)
}
