import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { OpenedDocument } from '../../../shared/document-reading.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import { pullFile } from '../../app/pull-file.ts'
import { rpc } from '../../app/rpc.ts'

/** All bytes of an opened document, hashed as they arrive. Fails with `CHECKSUM_MISMATCH` when they are not the document's. */
export const pullDocument = async (
  sessionId: string,
  { resultId, contentType, bytes, sha256: expected }: OpenedDocument,
  signal: AbortSignal,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<Blob> => {
  const hash = sha256.create()
  let arrived = 0
  try {
    const blob = await pullFile(sessionId, resultId, {
      type: contentType,
      signal,
      onBatch(batch) {
        hash.update(batch)
        arrived += batch.length
        onProgress(arrived)
      },
    })
    if (arrived === bytes && bytesToHex(hash.digest()) === expected) return blob
  } catch (error) {
    // The server side closes an unread result by itself; asking only makes it sooner.
    rpc.results.close.mutate({ sessionId, resultId }).catch(() => undefined)
    throw error
  }
  throw new ConsoleError(
    'CHECKSUM_MISMATCH',
    'What arrived is not the document: its size or its SHA-256 is another one. Nothing was kept.',
    'Try again. If it happens again, tell who runs the storage.',
  )
}
