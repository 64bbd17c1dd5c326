import type { DocumentLink } from '../../shared/document-reading.ts'
import type { Storage } from '../storage/storage.ts'
import type { DocumentRows } from './document-rows.ts'
import { findReadable } from './readable.ts'

/** Saved under its own name, in whatever script: RFC 6266, with RFC 8187 for what is not ASCII. */
const disposition = (filename: string): string => {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/**
 * An address from which whoever has it gets the document until it expires, without the console or the database. Recorded, with
 * its reason and its end, before anybody sees it. It cannot be taken back.
 */
export const linkDocument = async (
  context: { rows: DocumentRows; storage: () => Promise<Storage> },
  { documentId, seconds, reason }: { documentId: string; seconds: number; reason: string },
  signal: AbortSignal,
): Promise<DocumentLink> => {
  const { row, storage, object } = await findReadable(context, documentId, signal)
  const expiresAt = new Date(Date.now() + seconds * 1000).toISOString()
  const url = await storage.linkTo(
    { ...object, contentType: row.contentType, disposition: disposition(row.filename) },
    seconds,
    signal,
  )
  const scope = { version: row.version, sha256: row.sha256, until: expiresAt }
  await context.rows.accessed(row.id, { what: 'document link', scope }, reason, signal)
  return { url, expiresAt }
}
