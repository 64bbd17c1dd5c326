import type { DocumentObject } from '../../shared/document-reading.ts'
import { toErrorShape } from '../../shared/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { DocumentRows } from './document-rows.ts'
import { objectOf } from './readable.ts'

/** What lies in the bucket under a document's key, and what keeps the document's version there. */
export const readDocumentObject = async (
  context: { rows: DocumentRows; storage: () => Promise<Storage> },
  { documentId }: { documentId: string },
  signal: AbortSignal,
): Promise<DocumentObject> => {
  const [row, storage] = await Promise.all([context.rows.find(documentId, signal), context.storage()])
  const object = objectOf(row, storage)
  const found = await storage.listVersions(row.key, signal)
  const versions = found.map(({ modified, ...version }) => ({
    ...version,
    modified: modified?.toISOString() ?? null,
    isDocument:
      !version.isDeletion && (row.version === null ? version.isNewest : version.version === row.version),
  }))
  if (!versions.some(({ isDocument }) => isDocument)) return { versions, lock: null, lockTrouble: null }
  try {
    const lock = await storage.lockOf(object, signal)
    return {
      versions,
      lock: lock && { ...lock, until: lock.until?.toISOString() ?? null },
      lockTrouble: null,
    }
  } catch (error) {
    return { versions, lock: null, lockTrouble: toErrorShape(error) }
  }
}
