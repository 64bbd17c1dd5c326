import { timingSafeEqual } from 'node:crypto'
import type { Credential } from './options.ts'
import { S3Error } from './s3-error.ts'
import { header, parameter, type S3Request } from './s3-request.ts'
import { type Signature, signatureFor } from './signature.ts'

const algorithm = 'AWS4-HMAC-SHA256'
const quarterHour = 15 * 60_000
const week = 7 * 24 * 3600

/** Milliseconds of `yyyymmddThhmmssZ`; NaN when it is none. */
const timeOf = (timestamp: string): number =>
  Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

const scopeOf = (
  credential: string,
): Pick<Signature, 'accessKeyId' | 'day' | 'region' | 'service'> | null => {
  // An access key may hold slashes.
  const parts = credential.split('/')
  const [day, region, service, end] = parts.slice(-4)
  if (day === undefined || region === undefined || service === undefined || end !== 'aws4_request')
    return null
  return { accessKeyId: parts.slice(0, -4).join('/'), day, region, service }
}

const fromHeader = (request: S3Request, authorization: string): Signature => {
  const part = (name: string) => new RegExp(`\\b${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? ''
  const scope = scopeOf(part('Credential'))
  if (!authorization.startsWith(`${algorithm} `) || scope === null) {
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      'The authorization header that you provided is not valid.',
    )
  }
  const payload = request.message.headers['x-amz-content-sha256']
  if (typeof payload !== 'string') {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  }
  return {
    ...scope,
    timestamp: String(request.message.headers['x-amz-date'] ?? ''),
    signedHeaders: part('SignedHeaders').split(';'),
    signature: part('Signature'),
    payload,
  }
}

const fromQuery = (request: S3Request): Signature => {
  const scope = scopeOf(parameter(request, 'X-Amz-Credential') ?? '')
  if (parameter(request, 'X-Amz-Algorithm') !== algorithm || scope === null) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'The query parameters that sign the request are not valid.',
    )
  }
  return {
    ...scope,
    timestamp: parameter(request, 'X-Amz-Date') ?? '',
    signedHeaders: (parameter(request, 'X-Amz-SignedHeaders') ?? '').split(';'),
    signature: parameter(request, 'X-Amz-Signature') ?? '',
    payload: header(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  }
}

const checkTime = (request: S3Request, { timestamp }: Signature, presigned: boolean, now: number): void => {
  const signed = timeOf(timestamp)
  if (Number.isNaN(signed)) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  }
  if (!presigned) {
    if (Math.abs(now - signed) <= quarterHour) return
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { more: { RequestTime: timestamp, ServerTime: new Date(now).toISOString() } },
    )
  }
  const seconds = Number(parameter(request, 'X-Amz-Expires'))
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > week) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be between 1 and 604800 seconds',
    )
  }
  if (signed - now > quarterHour) throw new S3Error('AccessDenied', 'Request is not yet valid')
  const ends = signed + seconds * 1000
  if (ends < now) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      more: { Expires: new Date(ends).toISOString(), ServerTime: new Date(now).toISOString() },
    })
  }
}

const checkToken = (request: S3Request, credential: Credential, now: number): void => {
  if ((header(request, 'x-amz-security-token') ?? '') !== (credential.sessionToken ?? '')) {
    throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.')
  }
  if (credential.expires !== undefined && credential.expires <= now) {
    throw new S3Error('ExpiredToken', 'The provided token has expired.')
  }
}

const equal = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))

/**
 * Whose request this is, and what its signature says of the body: a SHA-256 in hex, or `UNSIGNED-PAYLOAD`.
 * @throws S3Error as S3 does for a signature that is missing, too old, too new, wrong, or leaves out a header that S3 acts on
 */
export const authenticate = (
  request: S3Request,
  { credentials, region }: { credentials: readonly Credential[]; region: string },
  now: number,
): { credential: Credential; payload: string } => {
  const { authorization } = request.message.headers
  const presigned = parameter(request, 'X-Amz-Algorithm') !== undefined
  if (!presigned && authorization === undefined) throw new S3Error('AccessDenied', 'Access Denied')
  const given = presigned ? fromQuery(request) : fromHeader(request, authorization ?? '')
  if (given.region !== region) {
    throw new S3Error(
      presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${given.region}' is wrong; expecting '${region}'`,
      { more: { Region: region }, headers: { 'x-amz-bucket-region': region } },
    )
  }
  checkTime(request, given, presigned, now)
  const credential = credentials.find(({ accessKeyId }) => accessKeyId === given.accessKeyId)
  if (credential === undefined) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    )
  }
  if (!equal(signatureFor(request, given, credential.secretAccessKey), given.signature)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    )
  }
  const unsigned = Object.keys(request.message.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !given.signedHeaders.includes(name),
  )
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      more: { HeadersNotSigned: unsigned.join(', ') },
    })
  }
  checkToken(request, credential, now)
  return { credential, payload: given.payload }
}
