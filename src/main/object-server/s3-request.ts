import type { IncomingMessage } from 'node:http'
import { S3Error } from './s3-error.ts'

/** A request, taken apart. Nothing in it is believed before its signature was checked. */
export interface S3Request {
  readonly message: IncomingMessage
  readonly method: string
  /** As it was sent, still encoded. */
  readonly path: string
  /** Decoded, in the order in which it came. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly bucket: string | null
  readonly key: string | null
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}

/** Below it a bucket may stand in the host's name: `bucket.localhost`. */
const domain = 'localhost'

export const readRequest = (message: IncomingMessage): S3Request => {
  const [path = '/', ...rest] = (message.url ?? '/').split('?')
  const query = rest
    .join('?')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [decode(name), decode(value.join('='))] as const
    })
  const host = (message.headers.host ?? '').replace(/:\d+$/, '')
  const inHost = host.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : null
  const [first = '', ...others] = decode(path.slice(1)).split('/')
  const bucket = inHost ?? (first === '' ? null : first)
  const key = inHost === null ? others.join('/') : [first, ...others].join('/')
  return { message, method: message.method ?? 'GET', path, query, bucket, key: key === '' ? null : key }
}

/** A parameter of the query; one without a value is empty. */
export const parameter = (request: S3Request, name: string): string | undefined =>
  request.query.find(([found]) => found === name)?.[1]

/** A header, or what a presigned link carries in its place: S3's own headers move into the query there. */
export const header = (request: S3Request, name: string): string | undefined => {
  const found = request.message.headers[name]
  if (found !== undefined) return Array.isArray(found) ? found.join(',') : found
  return name.startsWith('x-amz-')
    ? request.query.find(([parameterName]) => parameterName.toLowerCase() === name)?.[1]
    : undefined
}

/** A count such as `max-keys`: at most 1000, which is also what it is by default. */
export const countParameter = (request: S3Request, name: string): number => {
  const given = parameter(request, name)
  if (given === undefined || given === '') return 1000
  if (!/^\d{1,10}$/.test(given)) {
    throw new S3Error('InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`)
  }
  return Math.min(Number(given), 1000)
}
