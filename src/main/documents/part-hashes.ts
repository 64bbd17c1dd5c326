import { createHash } from 'node:crypto'
import { chunkSize, partsAbove } from '../../shared/documents.ts'

const mebibyte = 1024 * 1024
/** What S3 takes at most. */
const mostParts = 10_000

/** Bytes of a part: 8 MiB, or as many as it takes to stay below 10,000 parts. Chunks end where parts end. */
export const partSizeOf = (bytes: number): number =>
  Math.max(8 * mebibyte, Math.ceil(bytes / mostParts / chunkSize) * chunkSize)

/** The SHA-256 of each part of a file, chunk by chunk; of none for a file that goes in one piece. */
export const createPartHashes = (bytes: number) => {
  const size = partSizeOf(bytes)
  const digests: Buffer[] = []
  let hash = createHash('sha256')
  let inPart = 0
  return {
    update(chunk: Uint8Array): void {
      if (bytes <= partsAbove) return
      hash.update(chunk)
      inPart += chunk.byteLength
      if (inPart < size) return
      digests.push(hash.digest())
      hash = createHash('sha256')
      inPart = 0
    },
    digests: (): Buffer[] => (inPart > 0 ? [...digests, hash.digest()] : digests),
  }
}
