import { S3Error } from './s3-error.ts'
import { header, type S3Request } from './s3-request.ts'

/** What a request says of its body, in base64. */
export interface WantedDigests {
  readonly md5: string | undefined
  readonly sha256: string | undefined
  readonly sha1: string | undefined
  readonly crc32: string | undefined
}

const digestHeader = (request: S3Request, name: string, length: number): string | undefined => {
  const value = header(request, name)
  if (value === undefined || Buffer.from(value, 'base64').length === length) return value
  throw name === 'content-md5'
    ? new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.')
    : new S3Error('InvalidRequest', `Value for ${name} header is invalid.`)
}

/**
 * @param checksumsOf whether S3's own checksum headers speak of this body, or of the object that its parts become
 * @throws S3Error for a digest that is none, and for one that this server cannot make
 */
export const wantedDigests = (request: S3Request, checksumsOf: 'body' | 'object'): WantedDigests => {
  const checksum = (name: string, length: number) =>
    checksumsOf === 'body' ? digestHeader(request, `x-amz-checksum-${name}`, length) : undefined
  for (const unknown of ['crc32c', 'crc64nvme']) {
    if (header(request, `x-amz-checksum-${unknown}`) !== undefined) {
      throw new S3Error('NotImplemented', `This server does not know the checksum ${unknown}.`)
    }
  }
  return {
    md5: digestHeader(request, 'content-md5', 16),
    sha256: checksum('sha256', 32),
    sha1: checksum('sha1', 20),
    crc32: checksum('crc32', 4),
  }
}

/** @throws S3Error BadDigest */
export const compareDigests = (wanted: WantedDigests, found: Record<keyof WantedDigests, Buffer>): void => {
  for (const name of ['md5', 'sha256', 'sha1', 'crc32'] as const) {
    if (wanted[name] === undefined || wanted[name] === found[name].toString('base64')) continue
    throw new S3Error(
      'BadDigest',
      name === 'md5'
        ? 'The Content-MD5 you specified did not match what we received.'
        : `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
    )
  }
}
