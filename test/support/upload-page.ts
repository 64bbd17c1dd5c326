import { createHash } from 'node:crypto'
import { createDocuments } from '../../src/main/documents/documents.ts'
import type { Session } from '../../src/main/session/session.ts'
import { type FileToUpload, type UploadState, uploadsAddInput } from '../../src/shared/documents.ts'

/** Bytes that only the page has. `read` may fail as a browser's file does. */
export type TestFile = { name: string; bytes: number; read(offset: number, length: number): Uint8Array }

export const textFile = (name: string, text: string | Buffer): TestFile => {
  const content = Buffer.from(text)
  return {
    name,
    bytes: content.byteLength,
    read: (offset, length) => new Uint8Array(content.subarray(offset, offset + length)),
  }
}

/** A file of any size whose bytes come from their offset: nothing of it is held. */
export const largeFile = (name: string, bytes: number, seed = 1): TestFile => ({
  name,
  bytes,
  read(offset, length) {
    const words = new Uint32Array(Math.ceil(length / 4))
    for (let at = 0; at < words.length; at++) {
      words[at] = Math.imul(offset / 4 + at + seed, 2_654_435_761)
    }
    return new Uint8Array(words.buffer, 0, length)
  },
})

export const sha256Of = (file: TestFile): string => {
  const hash = createHash('sha256')
  const step = 1 << 20
  for (let at = 0; at < file.bytes; at += step) hash.update(file.read(at, Math.min(step, file.bytes - at)))
  return hash.digest('hex')
}

/** An operator at work in this very thread: documents of a session, and a page that gives bytes when they are wanted. */
export const uploadsOver = (session: Session) => {
  const documents = createDocuments(session)
  const pages = new Set<Promise<void>>()
  const closed = new AbortController()

  /** Gives bytes until nothing more is wanted. */
  const give = async (uploadId: string, file: TestFile): Promise<void> => {
    let bytes = new Uint8Array()
    let offset = 0
    while (!closed.signal.aborted) {
      const want = await documents.feed({ uploadId, offset, bytes, trouble: null }, closed.signal)
      if (want.kind === 'end') return
      bytes = new Uint8Array()
      if (want.kind === 'wait') {
        // As a page does, which asks again once it hears that something moves.
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      offset = want.offset
      try {
        bytes = new Uint8Array(file.read(offset, want.length))
      } catch {
        await documents.feed({ uploadId, offset, bytes, trouble: 'changed' }, closed.signal)
      }
    }
  }

  let revision = -1
  const states = new Map<string, UploadState>()
  /** Asks for what changed only, as a page does. */
  const state = async (uploadId: string): Promise<UploadState> => {
    const told = await documents.uploads({ since: revision })
    revision = told.revision
    for (const upload of told.uploads) states.set(upload.id, upload)
    const found = states.get(uploadId)
    if (found === undefined) throw new Error('the upload is gone')
    return found
  }

  const until = async (uploadId: string, ...statuses: UploadState['status'][]): Promise<UploadState> => {
    for (;;) {
      const now = await state(uploadId)
      if (statuses.includes(now.status)) return now
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  return {
    session,
    documents,
    state,
    until,
    async add(
      files: TestFile[],
      about: { plant?: string; documentId?: string } = {},
    ): Promise<UploadState[]> {
      const { plant = 'HYD-1', documentId } = about
      const uploads = await documents.addUploads(
        uploadsAddInput.parse({
          files: files.map(
            ({ name, bytes }): FileToUpload => ({
              name,
              bytes,
              ...(documentId !== undefined && { documentId }),
            }),
          ),
          plant,
          site: 'qc-lab',
          reason: 'Scanned records of the week',
        }),
      )
      uploads.forEach(({ id }, n) => {
        const file = files[n]
        if (file === undefined) return
        const page = give(id, file).catch(() => undefined)
        pages.add(page)
        void page.finally(() => pages.delete(page))
      })
      return uploads
    },
    /** Adds one file and waits until it is stored, failed, cancelled or found twice. */
    async upload(file: TestFile, about: { plant?: string; documentId?: string } = {}): Promise<UploadState> {
      const [upload] = await this.add([file], about)
      return until(upload?.id ?? '', 'stored', 'failed', 'cancelled', 'duplicate')
    },
    async [Symbol.asyncDispose]() {
      closed.abort()
      await session.close('user')
      await Promise.all(pages)
    },
  }
}
