import type { Finding } from '../../../shared/reconcile.ts'
import type { Database } from '../../session/database.ts'
import type { Storage } from '../../storage/storage.ts'
import type { UnfinishedUpload } from '../../storage/unfinished-uploads.ts'
import { type RowNow, rowsNow, type Scope } from './rows-in-order.ts'

/** A pending document goes on with the upload that it names, and looks for one where it names none. Others come to nothing. */
export const isKnown = ({ uploadId }: Pick<UnfinishedUpload, 'uploadId'>, row: RowNow | undefined): boolean =>
  row?.state === 'pending' && (row.uploadId === null || row.uploadId === uploadId)

const seenOf = (row: RowNow | undefined): string => {
  if (row === undefined) return 'No document has its key.'
  return row.state === 'pending'
    ? 'Its document goes on with another upload.'
    : `Its document is ${row.state}: nobody goes on with it.`
}

/**
 * Unfinished uploads below the prefix that no document knows. An upload is begun after its row, so the rows are asked after each page;
 * one that was found is looked at once more. `told` hears how many there are in all.
 */
export async function* unknownUploads(
  { database, storage, scope }: { database: Database; storage: Storage; scope: Scope },
  options: { newer: Date; signal: AbortSignal; isOwn(key: string): boolean; told(uploads: number): void },
): AsyncGenerator<Finding, void, void> {
  const { newer, signal, isOwn, told } = options
  for await (const page of storage.listUploads(scope.prefix, signal)) {
    const others = page.filter(({ key }) => !isOwn(key))
    told(others.length)
    const keys = [...new Set(others.map(({ key }) => key))]
    const rows = await rowsNow(database, keys, scope.stuckHours, signal)
    for (const upload of others) {
      const { key, uploadId, begun } = upload
      const row = rows.get(key)
      if (isKnown(upload, row) || (begun !== null && begun > newer)) continue
      if ((await storage.listParts(upload, signal)) === null) continue
      yield {
        kind: 'upload-unknown',
        how: null,
        key,
        seen: seenOf(row),
        documentId: row?.id ?? null,
        filename: row?.filename ?? null,
        plant: row?.plant ?? null,
        state: row?.state ?? null,
        version: null,
        versions: null,
        rowBytes: row?.bytes ?? null,
        objectBytes: null,
        uploadId,
        since: begun?.toISOString() ?? null,
      }
    }
  }
}
