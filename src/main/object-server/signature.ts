import { createHash, createHmac } from 'node:crypto'
import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'

/** What a Signature Version 4 says of itself, wherever it stood in the request. */
export interface Signature {
  accessKeyId: string
  /** `yyyymmdd` and region of the scope. */
  day: string
  region: string
  service: string
  /** `yyyymmddThhmmssZ` */
  timestamp: string
  signedHeaders: readonly string[]
  signature: string
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  payload: string
}

/** Percent-encoding with upper-case hex of all but RFC 3986's unreserved characters. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const canonicalHeader = (request: S3Request, name: string): string => {
  const value = request.message.headers[name]
  const text = Array.isArray(value) ? value.join(',') : (value ?? '')
  return `${name}:${text.trim().replace(/\s+/g, ' ')}\n`
}

const byName = ([a, x]: readonly [string, string], [b, y]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0

/** The signature that the holder of the secret makes for this request (AWS, "Create a signed AWS API request"). */
export const signatureFor = (request: S3Request, given: Signature, secretAccessKey: string): string => {
  const { day, region, service, timestamp, signedHeaders, payload } = given
  let path: string
  try {
    path = request.path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/')
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
  const query = request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const headers = signedHeaders.map((name) => canonicalHeader(request, name)).join('')
  const canonical = [request.method, path, query, headers, signedHeaders.join(';'), payload].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), 'aws4_request')
  return hmac(key, ['AWS4-HMAC-SHA256', timestamp, scope, hash].join('\n')).toString('hex')
}
