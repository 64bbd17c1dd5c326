import type { Bucket } from './buckets.ts'
import type { Call } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header } from './s3-request.ts'

const contentHeaders = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
] as const

const algorithmHeader = 'x-amz-server-side-encryption'
const keyHeader = 'x-amz-server-side-encryption-aws-kms-key-id'

const encryptionOf = ({ request, switches }: Call, bucket: Bucket): Record<string, string> => {
  if (header(request, 'x-amz-server-side-encryption-customer-algorithm') !== undefined) {
    throw new S3Error('NotImplemented', 'This server does not encrypt with a key of the client.')
  }
  const algorithm = header(request, algorithmHeader)
  const key = header(request, keyHeader)
  if (algorithm === undefined) {
    if (switches.refuseUnencrypted === true) {
      throw new S3Error(
        'AccessDenied',
        'Access Denied by the policy of the bucket: objects must be encrypted',
      )
    }
    const { encryption } = bucket
    if (encryption === null) return {}
    return {
      [algorithmHeader]: encryption.algorithm,
      ...(encryption.key === undefined ? {} : { [keyHeader]: encryption.key }),
    }
  }
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new S3Error('InvalidArgument', 'The encryption method specified is not supported')
  }
  return { [algorithmHeader]: algorithm, ...(key === undefined ? {} : { [keyHeader]: key }) }
}

/** What the request says of the object that it makes: kept, and answered with it. Encryption is told, not done. */
export const objectHeaders = (call: Call, bucket: Bucket): Record<string, string> => {
  const { request } = call
  const headers: Record<string, string> = {}
  for (const name of contentHeaders) {
    const value = header(request, name)
    if (value !== undefined) headers[name] = value
  }
  headers['content-type'] ??= 'binary/octet-stream'
  const names = [
    ...Object.keys(request.message.headers),
    ...request.query.map(([name]) => name.toLowerCase()),
  ]
  for (const name of names.filter((one) => one.startsWith('x-amz-meta-'))) {
    headers[name] = header(request, name) ?? ''
  }
  return { ...headers, ...encryptionOf(call, bucket) }
}

/** Those of an object's headers that also answer the request that made it. */
export const encryptionHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(algorithmHeader)))
