import type { z } from 'zod'
import type {
  FeedWant,
  UploadState,
  UploadsAddInput,
  uploadsActInput,
  uploadsChanges,
} from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { DocumentRows } from './document-rows.ts'
import { createPartsHeld } from './parts-held.ts'
import { createUpload, fileTrouble, type Upload } from './upload.ts'

/** Uploads that are worked on at once. */
const width = 3

/** Bytes of parts that they hold together: as many as keep the way to a storage busy. */
const heldAtOnce = 24 * 1024 * 1024

/** Nothing goes on with these by itself. */
const ended: ReadonlySet<UploadState['status']> = new Set(['stored', 'failed', 'cancelled', 'duplicate'])

/** Uploads that the end of a session met on their way: with a document that stays pending, and not yet begun. */
export type UploadsCut = { pending: number; notBegun: number }

/** The uploads of one session, first come, first served. They end with it; what became of each is in the database. */
export const createUploads = (context: {
  rows: DocumentRows
  storage: () => Promise<Storage>
  assertMayWrite: () => void
}) => {
  const uploads = new Map<string, Upload>()
  const queue: Upload[] = []
  const running = new Set<Promise<void>>()
  const partsHeld = createPartsHeld(heldAtOnce)
  let revision = 0
  let closed = false

  const changed = (upload: Upload) => {
    revision += 1
    upload.revision = revision
  }

  const start = (upload: Upload) => {
    const run = upload.run().finally(() => {
      running.delete(run)
      advance()
    })
    running.add(run)
  }

  const advance = () => {
    while (!closed && running.size < width) {
      const next = queue.shift()
      if (next === undefined) return
      start(next)
    }
  }

  const enqueue = (upload: Upload) => {
    queue.push(upload)
    changed(upload)
    advance()
  }

  const find = (id: string): Upload => {
    const upload = uploads.get(id)
    if (upload !== undefined) return upload
    throw new ConsoleError(
      'NOT_FOUND',
      'This session no longer knows the upload.',
      'Look at the list of documents: it tells how far it came, and resumes it.',
    )
  }

  const act = (upload: Upload, what: z.infer<typeof uploadsActInput>['act']): void => {
    const waiting = queue.indexOf(upload)
    switch (what) {
      case 'pause':
        upload.pause()
        break
      case 'resume':
        upload.unpause()
        break
      case 'cancel':
        if (upload.status === 'stored' || upload.status === 'cancelled') break
        upload.cancel()
        upload.unpause()
        if (waiting >= 0) queue.splice(waiting, 1)
        // One that does not run has nobody who would see it. It waits for no others: they may take hours.
        if (waiting >= 0 || upload.status === 'failed' || upload.status === 'duplicate') start(upload)
        break
      case 'retry':
        if (upload.status !== 'failed') break
        upload.again({ keepDuplicate: false })
        enqueue(upload)
        break
      case 'keep-duplicate':
        if (upload.status !== 'duplicate') break
        upload.again({ keepDuplicate: true })
        enqueue(upload)
        break
      case 'forget':
        if (ended.has(upload.status)) uploads.delete(upload.id)
        break
      default:
        what satisfies never
    }
  }

  return {
    add({ files, ...about }: UploadsAddInput): UploadState[] {
      context.assertMayWrite()
      const added = files.map((file) => createUpload(file, about, { ...context, partsHeld, changed }))
      for (const upload of added) {
        uploads.set(upload.id, upload)
        enqueue(upload)
      }
      return added.map((upload) => upload.state())
    },

    changes({ since }: { since: number }): z.infer<typeof uploadsChanges> {
      const told = [...uploads.values()].filter(
        (upload) => upload.revision > since || upload.chunks.hungryFor !== null,
      )
      return { revision, uploads: told.map((upload) => upload.state()) }
    },

    act(input: z.infer<typeof uploadsActInput>): void {
      for (const id of input.uploadIds) {
        const upload = uploads.get(id)
        if (upload !== undefined) act(upload, input.act)
      }
    },

    feed(
      {
        uploadId,
        offset,
        bytes,
        trouble,
      }: {
        uploadId: string
        offset: number
        bytes: Uint8Array
        trouble: 'changed' | 'unreadable' | null
      },
      signal: AbortSignal,
    ): Promise<FeedWant> {
      const { chunks } = find(uploadId)
      if (trouble !== null) chunks.fail(fileTrouble(trouble))
      return chunks.feed({ offset, bytes }, signal)
    },

    /** Ends without giving anything up: pending documents are resumed another time. */
    async close(): Promise<UploadsCut> {
      closed = true
      queue.length = 0
      const moving = [...uploads.values()].filter(({ status }) => !ended.has(status))
      for (const upload of moving) upload.leave()
      await Promise.all(running)
      const cut = moving.filter(({ status }) => status !== 'stored' && status !== 'cancelled')
      const pending = cut.filter((upload) => upload.state().documentId !== null).length
      return { pending, notBegun: cut.length - pending }
    },
  }
}
