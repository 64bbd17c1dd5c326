import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Blobs } from './blobs.ts'
import { S3Error } from './s3-error.ts'
import type { S3Request } from './s3-request.ts'
import { compareDigests, wantedDigests } from './wanted-digests.ts'

/** The digests of a body, checked against all that the request says of it. */
export interface Digests {
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
  readonly md5: string
}

const fiveGiB = 5 * 2 ** 30
const oneMiB = 2 ** 20

/** Reads the body once, and gives each chunk to `take`. Holds no more than a chunk of it. */
const digest = async (
  request: S3Request,
  payload: string,
  take: (chunk: Buffer) => unknown,
  checksumsOf: 'body' | 'object' = 'body',
): Promise<Digests> => {
  const wanted = wantedDigests(request, checksumsOf)
  if (payload.startsWith('STREAMING-')) {
    throw new S3Error(
      'NotImplemented',
      'This server does not know signed chunks; send UNSIGNED-PAYLOAD or a hash.',
    )
  }
  const [md5, sha256, sha1] = [createHash('md5'), createHash('sha256'), createHash('sha1')]
  let bytes = 0
  let crc = 0
  for await (const chunk of request.message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    md5.update(chunk)
    sha256.update(chunk)
    if (wanted.sha1 !== undefined) sha1.update(chunk)
    if (wanted.crc32 !== undefined) crc = crc32(chunk, crc)
    await take(chunk)
  }
  if (bytes !== Number(request.message.headers['content-length'] ?? 0)) {
    throw new S3Error(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length header',
    )
  }
  const crcBytes = Buffer.alloc(4)
  crcBytes.writeUInt32BE(crc)
  const found = { md5: md5.digest(), sha256: sha256.digest(), sha1: sha1.digest(), crc32: crcBytes }
  if (/^[\da-f]{64}$/.test(payload) && payload !== found.sha256.toString('hex')) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  compareDigests(wanted, found)
  return { bytes, sha256: found.sha256.toString('hex'), md5: found.md5.toString('hex') }
}

const requireLength = (request: S3Request): number => {
  const given = request.message.headers['content-length']
  if (given === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  }
  return Number(given)
}

/**
 * Writes the body to a file that is safe on disk, and hands it over to `keep`. Whatever fails, the file is gone.
 * @param keep must move the file or leave it; it is called once the body agrees with all that was said of it
 */
export const receiveBlob = async <Kept>(
  request: S3Request,
  payload: string,
  blobs: Blobs,
  keep: (unfinished: string, digests: Digests) => Kept,
): Promise<Kept> => {
  if (requireLength(request) > fiveGiB) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
  }
  const unfinished = blobs.unfinished()
  try {
    const file = await open(unfinished, 'wx')
    let digests: Digests
    try {
      digests = await digest(request, payload, (chunk) => file.writeFile(chunk))
      await file.sync()
    } finally {
      await file.close()
    }
    return keep(unfinished, digests)
  } finally {
    await rm(unfinished, { force: true })
  }
}

/**
 * The body of a request that is a small document.
 * @param checksumsOf `object`: a checksum header speaks of the object that the request makes
 */
export const receiveText = async (
  request: S3Request,
  payload: string,
  checksumsOf: 'body' | 'object' = 'body',
): Promise<string> => {
  if (requireLength(request) > oneMiB) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
  }
  const chunks: Buffer[] = []
  await digest(request, payload, (chunk) => chunks.push(chunk), checksumsOf)
  return Buffer.concat(chunks).toString('utf8')
}
