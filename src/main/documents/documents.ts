import type { z } from 'zod'
import type { uploadPolicy } from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { Session } from '../session/session.ts'
import { createWriter } from '../session/writer.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { readDocumentAccess } from './document-access.ts'
import { holdDocument, retireDocument } from './document-ends.ts'
import { readDocumentFacets } from './document-facets.ts'
import { linkDocument } from './document-link.ts'
import { readDocumentObject } from './document-object.ts'
import { createDocumentRows } from './document-rows.ts'
import { openDocument } from './read-document.ts'
import { createReconcileService } from './reconcile/service.ts'
import { createUploads } from './uploads.ts'

/** Documents of a session: their rows in the database, their bytes in the storage of its profile. Fails with `ConsoleError`. */
export const createDocuments = (session: Session) => {
  const { profile } = session
  const writer = createWriter(session)
  const rows = createDocumentRows(session.database, writer)
  let opened: Promise<Storage> | null = null

  const storage = (): Promise<Storage> => {
    if (profile.storage === null) return Promise.reject(noStorage(profile.name))
    opened ??= openStorage(profile.storage, session.storageSecret).catch((error: unknown) => {
      opened = null
      throw error
    })
    return opened
  }
  const reading = { rows, storage, results: session.results }
  const uploads = createUploads({ rows, storage, assertMayWrite: () => session.assertMayWrite() })
  session.belongings.defer(async () => {
    await uploads.close()
    await writer.close()
    const known = await opened?.catch(() => null)
    known?.close()
  })

  return {
    ...createReconcileService(session, { rows, storage }),
    async policy(): Promise<z.infer<typeof uploadPolicy>> {
      const settings = profile.storage
      return {
        storage: settings && {
          bucket: settings.bucket,
          endpoint: settings.endpoint,
          prefix: settings.prefix,
        },
        allowedTypes: settings?.allowedTypes ?? [],
        maxBytes: settings?.maxBytes ?? 0,
      }
    },
    addUploads: async (input: Parameters<typeof uploads.add>[0]) => {
      if (profile.storage === null) throw noStorage(profile.name)
      return uploads.add(input)
    },
    uploads: async (input: Parameters<typeof uploads.changes>[0]) => uploads.changes(input),
    actOnUploads: async (input: Parameters<typeof uploads.act>[0]) => uploads.act(input),
    /** The session is about to end. */
    endUploads: () => uploads.close(),
    access: (_: null, signal: AbortSignal) => readDocumentAccess(session.database, signal),
    facets: (_: null, signal: AbortSignal) => readDocumentFacets(session.database, signal),
    object: (input: Parameters<typeof readDocumentObject>[1], signal: AbortSignal) =>
      readDocumentObject(reading, input, signal),
    open: (input: Parameters<typeof openDocument>[1], signal: AbortSignal) =>
      openDocument(reading, input, signal),
    link: (input: Parameters<typeof linkDocument>[1], signal: AbortSignal) =>
      linkDocument(reading, input, signal),
    retire: (input: Parameters<typeof retireDocument>[1], signal: AbortSignal) =>
      retireDocument(reading, input, signal),
    hold: (input: Parameters<typeof holdDocument>[1], signal: AbortSignal) =>
      holdDocument({ rows, storage: profile.storage && storage }, input, signal),
    feed: (input: Parameters<typeof uploads.feed>[0], signal: AbortSignal) => uploads.feed(input, signal),
  }
}

const noStorage = (name: string): ConsoleError =>
  new ConsoleError(
    'NOT_FOUND',
    `The connection ${name} knows no storage for documents.`,
    'Name endpoint and bucket under Storage in the connection.',
  )
