import { createHash } from 'node:crypto'
import type { Readable as Stream } from 'node:stream'
import { type OpenedDocument, previewLimit } from '../../shared/document-reading.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { Results } from '../session/results.ts'
import type { Storage } from '../storage/storage.ts'
import { storageError } from '../storage/storage-errors.ts'
import type { DocumentRow, DocumentRows } from './document-rows.ts'
import { chunksOf } from './object-chunks.ts'
import { findReadable, otherBytes } from './readable.ts'

const batchBytes = 512 * 1024

/** The bytes in batches that own their buffers. Ends only when they were the document's, else fails with `CHECKSUM_MISMATCH`. */
async function* checkedBatches(
  body: Stream,
  row: DocumentRow,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash('sha256')
  let total = 0
  let batch = new Uint8Array(batchBytes)
  let used = 0
  try {
    for await (const chunk of chunksOf(body)) {
      hash.update(chunk)
      total += chunk.length
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + batchBytes - used)
        batch.set(part, used)
        used += part.length
        at += part.length
        if (used < batchBytes) continue
        yield batch
        batch = new Uint8Array(batchBytes)
        used = 0
      }
    }
  } catch (error) {
    throw storageError(error, 'read the document to its end', signal)
  }
  if (total !== Number(row.bytes)) throw otherBytes(row, `has ${total} bytes instead of ${row.bytes}`)
  if (hash.digest('hex') !== row.sha256) throw otherBytes(row, 'has another SHA-256')
  if (used > 0) yield batch.slice(0, used)
}

/** Opens a document's bytes as a result. A download is recorded before its first byte is read. */
export const openDocument = async (
  context: { rows: DocumentRows; storage: () => Promise<Storage>; results: Results },
  { documentId, purpose }: { documentId: string; purpose: 'preview' | 'download' },
  signal: AbortSignal,
): Promise<OpenedDocument> => {
  const { row, storage, object } = await findReadable(context, documentId, signal)
  const { filename, contentType, sha256 } = row
  const bytes = Number(row.bytes)
  if (purpose === 'preview' && bytes > previewLimit) {
    throw new ConsoleError(
      'VALUE_TOO_LARGE',
      `The document has ${bytes} bytes; up to ${previewLimit} are shown.`,
      'Download it.',
    )
  }
  if (purpose === 'download') {
    const scope = { version: row.version, sha256 }
    await context.rows.accessed(row.id, { what: 'document download', scope }, '', signal)
  }
  const reading = new AbortController()
  const abort = () => reading.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const body = await storage.read(object, reading.signal)
    const resultId = context.results.add(checkedBatches(body, row, reading.signal), reading)
    return { resultId, filename, contentType, bytes, sha256 }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
