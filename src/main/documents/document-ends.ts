import type { DocumentHeld } from '../../shared/document-reading.ts'
import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { DocumentRows } from './document-rows.ts'
import { objectOf } from './readable.ts'

type Context = { rows: DocumentRows; storage: (() => Promise<Storage>) | null }

/** Takes a document out of use. Row and object stay. Fails with `CONFLICT` under a legal hold, which the database itself refuses. */
export const retireDocument = async (
  { rows }: Pick<Context, 'rows'>,
  { documentId, reason }: { documentId: string; reason: string },
  signal: AbortSignal,
): Promise<void> => {
  try {
    await rows.retired(documentId, reason, signal)
  } catch (error) {
    if (!(error instanceof ConsoleError) || !error.message.includes('documents_legal_hold_check')) throw error
    throw new ConsoleError(
      'CONFLICT',
      `Document ${documentId} is under a legal hold: the database refuses to retire it (documents_legal_hold_check).`,
      'Have a reviewer or a DBA release the hold first, with the reason for that.',
      { cause: error },
    )
  }
}

/**
 * Puts a legal hold on a document, or releases it: in the database first, whose grants decide who may, then on its object where the
 * bucket has Object Lock. When it ends in between, the two differ; doing it again mends that.
 */
export const holdDocument = async (
  { rows, storage }: Context,
  { documentId, on, reason }: { documentId: string; on: boolean; reason: string },
  signal: AbortSignal,
): Promise<DocumentHeld> => {
  await rows.held(documentId, on, reason, signal)
  if (storage === null) return { object: 'none', trouble: null }
  try {
    const [row, opened] = await Promise.all([rows.find(documentId, signal), storage()])
    const isChanged = await opened.putLegalHold(objectOf(row, opened), on, signal)
    return { object: isChanged ? 'changed' : 'none', trouble: null }
  } catch (error) {
    // Not thrown: half of it holds, and that has to be said.
    return { object: 'failed', trouble: toErrorShape(error) }
  }
}
