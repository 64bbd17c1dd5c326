import { createHash, randomUUID } from 'node:crypto'
import type {
  DocumentState,
  FileToUpload,
  UploadState,
  UploadStatus,
  UploadsAddInput,
} from '../../shared/documents.ts'
import { ConsoleError, cancelled, toErrorShape } from '../../shared/errors.ts'
import { giveBack } from '../../shared/give-back.ts'
import type { Storage } from '../storage/storage.ts'
import { checkObject } from './check-object.ts'
import { type Chunks, createChunks, fileChanged } from './chunks.ts'
import { contentTypeOf, headLength, secondNature, tailLength } from './content-type.ts'
import type { DocumentRow, DocumentRows } from './document-rows.ts'
import { createPartHashes } from './part-hashes.ts'
import type { PartsHeld } from './parts-held.ts'
import { sendDocument } from './send.ts'
import { createSpeed } from './speed.ts'

export type UploadContext = {
  rows: DocumentRows
  storage(): Promise<Storage>
  partsHeld: PartsHeld
  /** Told of every change, to count revisions. */
  changed(upload: Upload): void
}

/** Milliseconds without a page that gives bytes, after which the screen asks for the file. */
const starving = 3000

/** One file on its way. It is run once by the queue, and once more for each retry. */
export type Upload = {
  readonly id: string
  state(): UploadState
  revision: number
  readonly chunks: Chunks
  /** Runs until it is stored, failed, cancelled or has to be decided upon. Never rejects. */
  run(): Promise<void>
  pause(): void
  unpause(): void
  cancel(): void
  /** Stops where it is: the session ends, the document stays pending. */
  leave(): void
  /** Ready for another run, which may keep what is there twice. */
  again(options: { keepDuplicate: boolean }): void
  readonly status: UploadStatus
}

export const createUpload = (
  file: FileToUpload,
  { plant, site, reason }: Omit<UploadsAddInput, 'files'>,
  context: UploadContext,
): Upload => {
  const id = randomUUID()
  const chunks = createChunks(file.bytes)
  const stop = new AbortController()
  const speed = createSpeed()
  let paused = false
  /** Fires with the next pause. */
  let pausing = new AbortController()
  let resumed = Promise.withResolvers<void>()
  let duplicateKept = false
  let leaving = false
  let row: DocumentRow | null = null
  let status: UploadStatus = 'queued'
  let done = 0
  let retries = 0
  let contentType: string | null = null
  let sha256: string | null = null
  /** SHA-256 of each part, of a file that goes in parts. */
  let partHashes: Buffer[] = []
  let duplicates: UploadState['duplicates'] = []
  let error: UploadState['error'] = null

  const change = (to: UploadStatus) => {
    status = to
    done = 0
    speed.reset()
    chunks.rest(paused || to === 'failed' || to === 'duplicate')
    context.changed(upload)
  }
  const moved = (bytes: number) => {
    done += bytes
    speed.add(bytes)
    context.changed(upload)
  }

  const unpaused = async (signal: AbortSignal): Promise<void> => {
    while (paused) {
      const aborted = Promise.withResolvers<never>()
      const abort = () => aborted.reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      try {
        signal.throwIfAborted()
        await Promise.race([resumed.promise, aborted.promise])
      } finally {
        signal.removeEventListener('abort', abort)
        aborted.promise.catch(() => undefined)
      }
    }
  }

  const hash = async (storage: Storage): Promise<string> => {
    const { allowedTypes, maxBytes } = storage.settings
    if (file.bytes === 0) throw refusal('The file is empty.', 'Choose the file that was meant.')
    if (file.bytes > maxBytes) {
      throw refusal(
        `The file has ${file.bytes} bytes; documents of this connection may have ${maxBytes}.`,
        'Raise the limit in the connection’s storage, or split the document.',
      )
    }
    const whole = createHash('sha256')
    const parts = createPartHashes(file.bytes)
    let head: Uint8Array | null = null
    let tail: Uint8Array = new Uint8Array()
    for await (const chunk of chunks.from(0, file.bytes, stop.signal)) {
      await unpaused(stop.signal)
      if (head === null) {
        head = chunk.slice(0, headLength)
        contentType = await contentTypeOf(chunk, { name: file.name, bytes: file.bytes })
        if (!allowedTypes.includes(contentType)) {
          throw refusal(
            `The content is ${contentType}, whatever the name says: that is not among the types that may be uploaded.`,
            'Choose another file, or allow this type in the connection’s storage.',
          )
        }
      }
      whole.update(chunk)
      parts.update(chunk)
      tail =
        chunk.byteLength >= tailLength
          ? chunk.slice(-tailLength)
          : Buffer.concat([tail, chunk]).subarray(-tailLength)
      moved(chunk.byteLength)
      giveBack(chunk)
    }
    const besides = secondNature(contentType ?? '', head ?? tail, tail)
    if (besides !== null) {
      throw refusal(
        `The file is ${contentType} and ${besides} at once: another program would open something else than you see.`,
        'Export the document anew from the program that made it.',
      )
    }
    partHashes = parts.digests()
    return whole.digest('hex')
  }

  const register = async (storage: Storage, hashed: string): Promise<DocumentRow> => {
    if (file.documentId !== undefined) {
      const pending = await context.rows.find(file.documentId, stop.signal)
      if (pending.sha256 === hashed && Number(pending.bytes) === file.bytes) return pending
      throw new ConsoleError(
        'CONFLICT',
        `This is not the file that document ${pending.id} was begun with: ${pending.bytes === String(file.bytes) ? 'its content' : 'its size'} is another.`,
        'Choose the same file, or give the upload up and upload this one as a document of its own.',
      )
    }
    return context.rows.insert(
      {
        filename: file.name.normalize('NFC'),
        plant,
        site,
        bytes: file.bytes,
        sha256: hashed,
        contentType: contentType ?? 'application/octet-stream',
        bucket: storage.settings.bucket,
        prefix: storage.settings.prefix,
      },
      reason,
      stop.signal,
    )
  }

  const expected = (of: DocumentRow, more: { version: string | null; composite: string | null }) => ({
    key: of.key,
    bytes: Number(of.bytes),
    sha256: of.sha256,
    ...more,
  })

  /** Also where an earlier attempt came so far that only the row does not know: then nothing is sent. */
  const bring = async (storage: Storage, to: DocumentRow, again: boolean): Promise<void> => {
    const { signal } = stop
    if (to.state === 'stored') return
    if (to.state !== 'pending') throw noLongerPending(to.id, to.state)
    if (again) {
      change('checking')
      const unknown = expected(to, { version: null, composite: null })
      const there = await checkObject(storage, unknown, signal, moved).catch((cause: unknown) => {
        if (cause instanceof ConsoleError && cause.code === 'CHECKSUM_MISMATCH') return null
        throw cause
      })
      if (there !== null) return context.rows.stored(to.id, there.version, reason, signal)
    }
    change('sending')
    const sent = await sendDocument({
      storage,
      row: to,
      partHashes,
      partsHeld: context.partsHeld,
      signal,
      read: (from, until, reading) => chunks.from(from, until, reading),
      unpaused,
      pausing: () => pausing.signal,
      onSent: moved,
      startAt: (bytes) => {
        done = bytes
        context.changed(upload)
      },
      onRetry: () => {
        retries += 1
        context.changed(upload)
      },
      keepUploadId: async (uploadId) => {
        await context.rows.setUploadId(to.id, uploadId, reason, signal)
        to.uploadId = uploadId
      },
    })
    change('checking')
    const checked = await checkObject(storage, expected(to, sent), signal, moved)
    if (checked === null) {
      throw new ConsoleError(
        'STORAGE_REFUSED',
        'The storage said that it had stored the document, and does not have it.',
        'Resume; and have the storage looked after.',
      )
    }
    await context.rows.stored(to.id, checked.version, reason, signal)
  }

  const work = async (): Promise<void> => {
    const storage = await context.storage()
    const again = row !== null || file.documentId !== undefined
    if (row === null) {
      if (sha256 === null) {
        change('hashing')
        sha256 = await hash(storage)
      }
      if (file.documentId === undefined && !duplicateKept) {
        duplicates = await context.rows.withContent(sha256, stop.signal)
        if (duplicates.length > 0) return change('duplicate')
      }
      row = await register(storage, sha256)
    } else {
      // What became of it since is in the database alone.
      row = await context.rows.find(row.id, stop.signal)
    }
    context.changed(upload)
    await bring(storage, row, again)
    change('stored')
    chunks.end()
  }

  const giveUp = async (): Promise<void> => {
    chunks.end()
    try {
      if (row?.state === 'pending') {
        const never = new AbortController().signal
        const { uploadId, key } = row
        if (uploadId !== null) await (await context.storage()).abortUpload({ key, uploadId }, never)
        await context.rows.abandoned(row.id, reason, never)
      }
    } catch (cause) {
      error = toErrorShape(cause)
    }
    change('cancelled')
  }

  const upload: Upload = {
    id,
    revision: 0,
    chunks,
    get status() {
      return status
    },
    state: () => ({
      id,
      name: file.name,
      bytes: file.bytes,
      plant,
      status,
      paused,
      starving: !paused && (chunks.hungryFor ?? 0) > starving,
      done,
      speed: speed.perSecond(),
      retries,
      contentType,
      sha256,
      documentId: row?.id ?? file.documentId ?? null,
      duplicates,
      error,
    }),
    async run() {
      try {
        stop.signal.throwIfAborted()
        await work()
      } catch (cause) {
        if (stop.signal.aborted && !leaving) return giveUp()
        error = toErrorShape(cause)
        change('failed')
      }
    },
    pause() {
      paused = true
      pausing.abort()
      chunks.rest(true)
      context.changed(upload)
    },
    unpause() {
      paused = false
      pausing = new AbortController()
      resumed.resolve()
      resumed = Promise.withResolvers()
      chunks.rest(status === 'failed' || status === 'duplicate')
      context.changed(upload)
    },
    cancel() {
      stop.abort(cancelled('The upload'))
    },
    leave() {
      leaving = true
      stop.abort(cancelled('The upload'))
    },
    again({ keepDuplicate }) {
      duplicateKept ||= keepDuplicate
      duplicates = []
      error = null
      change('queued')
    },
  }
  return upload
}

const refusal = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('INVALID_INPUT', message, remedy)

const noLongerPending = (id: string, state: DocumentState): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    `Document ${id} is no longer pending: it is ${state}.`,
    'Upload the file as a document of its own.',
  )

/** What a page says of a file that it cannot read. */
export const fileTrouble = (trouble: 'changed' | 'unreadable'): ConsoleError =>
  trouble === 'changed'
    ? fileChanged()
    : new ConsoleError(
        'INVALID_INPUT',
        'The file cannot be read: it is gone, or this account may not read it.',
        'Choose it again once it can be read.',
      )
