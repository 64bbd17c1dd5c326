import { createHash, type Hash } from 'node:crypto'
import { partsAbove } from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'
import { giveBack } from '../../shared/give-back.ts'
import { insist } from '../storage/insist.ts'
import type { Storage, StoredPart } from '../storage/storage.ts'
import { checkObject } from './check-object.ts'
import { fileChanged } from './chunks.ts'
import type { DocumentRow } from './document-rows.ts'
import { partSizeOf } from './part-hashes.ts'
import type { PartsHeld } from './parts-held.ts'

/** What sending needs of an upload. */
export type Sending = {
  storage: Storage
  row: DocumentRow
  /** SHA-256 of each part, of a document that goes in parts. */
  partHashes: readonly Buffer[]
  /** What parts of all documents of the session hold. */
  partsHeld: PartsHeld
  signal: AbortSignal
  /** The bytes of the file between two offsets. */
  read(from: number, to: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void>
  /** Resolves while nobody has paused it. */
  unpaused(signal: AbortSignal): Promise<void>
  /** Fires when somebody pauses it. */
  pausing(): AbortSignal
  onSent(bytes: number): void
  /** Bytes that count as sent from here on. */
  startAt(bytes: number): void
  onRetry(): void
  /** Keeps the id of an upload in parts in the row, or takes it out. */
  keepUploadId(uploadId: string | null): Promise<void>
}

/** What is known of an object that was just sent. */
export type Sent = { version: string | null; composite: string | null }

const passOn = async function* (
  chunks: AsyncIterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

const sendWhole = async (sending: Sending): Promise<Sent> => {
  const { storage, row, signal } = sending
  const bytes = Number(row.bytes)
  for (;;) {
    await sending.unpaused(signal)
    const pausing = sending.pausing()
    const either = AbortSignal.any([signal, pausing])
    try {
      return await insist(
        async () => {
          sending.startAt(0)
          const hash = createHash('sha256')
          const object = { key: row.key, bytes, contentType: row.contentType, sha256: row.sha256 }
          const body = passOn(sending.read(0, bytes, either), hash)
          const { version } = await storage
            .putObject(object, body, either, sending.onSent)
            .catch((error: unknown) => {
              // The server compares, too, and it is the file that is to blame.
              if (
                error instanceof ConsoleError &&
                error.code === 'CHECKSUM_MISMATCH' &&
                hash.digest('hex') !== row.sha256
              ) {
                throw fileChanged()
              }
              throw error
            })
          return { version, composite: null }
        },
        signal,
        sending.onRetry,
      )
    } catch (error) {
      // One piece cannot stand still half-way: it is sent anew.
      if (!pausing.aborted || signal.aborted) throw error
    }
  }
}

/** The upload in parts that goes on: the row's, one that was begun without the row knowing, or a new one. */
const findUpload = async (
  sending: Sending,
): Promise<{ uploadId: string; there: ReadonlyMap<number, StoredPart> }> => {
  const { storage, row, signal } = sending
  const { key } = row
  const known = row.uploadId ?? (await storage.uploadsOf(key, signal))[0]?.uploadId
  if (known !== undefined) {
    const parts = await storage.listParts({ key, uploadId: known }, signal)
    if (parts !== null) {
      if (row.uploadId === null) await sending.keepUploadId(known)
      return { uploadId: known, there: new Map(parts.map((part) => [part.number, part])) }
    }
  }
  const uploadId = await storage.createUpload(row, signal)
  await sending.keepUploadId(uploadId)
  return { uploadId, there: new Map() }
}

const sendParts = async (sending: Sending): Promise<Sent> => {
  const { storage, row, signal, partHashes } = sending
  const bytes = Number(row.bytes)
  const size = partSizeOf(bytes)
  const { uploadId, there } = await findUpload(sending)
  const upload = { key: row.key, uploadId }
  const parts: StoredPart[] = []
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const onTheWay = new Set<Promise<void>>()
  using held = sending.partsHeld.open()

  const send = (part: { number: number; sha256: string; bytes: number; chunks: readonly Uint8Array[] }) => {
    const put = () => {
      let sent = 0
      const onSent = (more: number) => {
        sent += more
        sending.onSent(more)
      }
      return storage.putPart(upload, part, either, onSent).catch((error: unknown) => {
        sending.onSent(-sent)
        throw error
      })
    }
    const way = insist(put, either, sending.onRetry)
      .then(
        (stored) => {
          parts[part.number - 1] = stored
          part.chunks.forEach(giveBack)
        },
        (error: unknown) => failed.abort(isOther(part) ? fileChanged() : error),
      )
      .finally(() => {
        onTheWay.delete(way)
        held.give(part.bytes)
      })
    onTheWay.add(way)
  }

  sending.startAt(0)
  const chunks = sending.read(0, bytes, either)
  try {
    for (const [at, hash] of partHashes.entries()) {
      await sending.unpaused(either)
      const length = Math.min(size, bytes - at * size)
      await held.take(length)
      either.throwIfAborted()
      const read = await readPart(chunks, length)
      const found = there.get(at + 1)
      if (found?.bytes === length && found.checksum === hash.toString('base64')) {
        parts[at] = found
        sending.onSent(length)
        read.forEach(giveBack)
        held.give(length)
        continue
      }
      send({ number: at + 1, sha256: hash.toString('hex'), bytes: length, chunks: read })
    }
    await Promise.all(onTheWay)
    either.throwIfAborted()
  } catch (error) {
    failed.abort(error)
    await Promise.all(onTheWay)
    throw signal.aborted ? signal.reason : failed.signal.reason
  } finally {
    await chunks.return()
  }
  const composite = `${createHash('sha256').update(Buffer.concat(partHashes)).digest('base64')}-${parts.length}`
  return { ...(await complete(sending, upload, parts, composite)), composite }
}

/** Whether bytes are others than those that were hashed. Asked only when the storage would not have them. */
const isOther = ({ sha256, chunks }: { sha256: string; chunks: readonly Uint8Array[] }): boolean => {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex') !== sha256
}

/** An answer that was lost leaves the parts put together, and the upload unknown: then the object itself tells. */
const complete = (
  { storage, row, signal, onRetry }: Sending,
  upload: { key: string; uploadId: string },
  parts: readonly StoredPart[],
  composite: string,
): Promise<{ version: string | null }> =>
  insist(
    () =>
      storage.completeUpload(upload, parts, signal).catch(async (error: unknown) => {
        const expected = {
          key: row.key,
          version: null,
          bytes: Number(row.bytes),
          sha256: row.sha256,
          composite,
        }
        const there = signal.aborted ? null : await checkObject(storage, expected, signal).catch(() => null)
        if (there === null) throw error
        return there
      }),
    signal,
    onRetry,
  )

const readPart = async (
  chunks: AsyncGenerator<Uint8Array, void, void>,
  length: number,
): Promise<Uint8Array[]> => {
  const read: Uint8Array[] = []
  for (let bytes = 0; bytes < length; ) {
    const { value } = await chunks.next()
    if (value === undefined) throw fileChanged()
    read.push(value)
    bytes += value.byteLength
  }
  return read
}

/** Sends a document's bytes, in one piece or in parts. What is there of an earlier attempt is not sent again. */
export const sendDocument = (sending: Sending): Promise<Sent> =>
  Number(sending.row.bytes) > partsAbove ? sendParts(sending) : sendWhole(sending)
