import { ConsoleError } from '../../shared/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { DocumentRow, DocumentRows } from './document-rows.ts'

/** A document with the object that its row speaks of: the row's version, not the newest one. */
export type Readable = { row: DocumentRow; storage: Storage; object: { key: string; version: string | null } }

/** Finds a document whose bytes may be read or linked to, and looks whether they are there. */
export const findReadable = async (
  context: { rows: DocumentRows; storage: () => Promise<Storage> },
  documentId: string,
  signal: AbortSignal,
): Promise<Readable> => {
  const row = await context.rows.find(documentId, signal)
  if (row.state === 'pending' || row.state === 'abandoned') {
    throw new ConsoleError(
      'NOT_FOUND',
      `The bytes of document ${row.id} never arrived: it is ${row.state}.`,
      row.state === 'pending' ? 'Resume its upload first.' : 'Upload the file again.',
    )
  }
  if (row.state === 'quarantined') {
    throw new ConsoleError(
      'CHECKSUM_MISMATCH',
      `Document ${row.id} is quarantined: its object is not what the row says.`,
      'Compare documents and bucket to see what differs: once its content is right, it is released there.',
    )
  }
  const storage = await context.storage()
  const object = objectOf(row, storage)
  const found = await storage.head(object, signal)
  if (found === null) {
    throw new ConsoleError(
      'NOT_FOUND',
      `The object of document ${row.id} is not in the bucket ${storage.settings.bucket}${row.version === null ? '' : ' in the version that was stored'}.`,
      'Compare documents and bucket for another version of it, and tell who runs the storage: the bucket’s own log says what became of it.',
    )
  }
  if (found.bytes !== Number(row.bytes))
    throw otherBytes(row, `has ${found.bytes} bytes instead of ${row.bytes}`)
  return { row, storage, object }
}

/** Fails where the row speaks of another bucket than the connection does. */
export const objectOf = (row: DocumentRow, storage: Storage): Readable['object'] => {
  const { bucket } = storage.settings
  if (row.bucket !== null && row.bucket !== bucket) {
    throw new ConsoleError(
      'NOT_FOUND',
      `Document ${row.id} lies in the bucket ${row.bucket}; this connection knows ${bucket}.`,
      `Use a connection whose storage is the bucket ${row.bucket}.`,
    )
  }
  return { key: row.key, version: row.version }
}

export const otherBytes = (row: DocumentRow, how: string): ConsoleError =>
  new ConsoleError(
    'CHECKSUM_MISMATCH',
    `What lies in the storage is not document ${row.id}: it ${how}.`,
    'Do not use it, and keep the object for the investigation. Comparing documents and bucket finds what else differs, and quarantines it.',
  )
