import { createHash } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import type { Storage } from '../storage/storage.ts'
import { storageError } from '../storage/storage-errors.ts'
import { chunksOf } from './object-chunks.ts'

export type Expected = {
  key: string
  version: string | null
  bytes: number
  /** Hex. */
  sha256: string
  /** Base64, with the number of parts: of an upload whose parts are known. */
  composite: string | null
}

/** Of an object whose bytes are the document's. `readBack`: the server could not vouch for them, so they were read. */
export type Checked = { version: string | null; readBack: boolean }

/** SHA-256 of an object's bytes, hex. */
export const hashOf = async (
  storage: Storage,
  object: { key: string; version: string | null },
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<string> => {
  const hash = createHash('sha256')
  const body = await storage.read(object, signal)
  try {
    for await (const chunk of chunksOf(body)) {
      hash.update(chunk)
      onRead(chunk.length)
    }
  } catch (error) {
    throw storageError(error, 'read the object to its end', signal)
  }
  return hash.digest('hex')
}

/**
 * Looks whether an object is there with the size and the content of a document: by the hash that the server checked when it took it,
 * else by reading all of it. Null: it is not there. Fails with `CHECKSUM_MISMATCH` when it is another one.
 */
export const checkObject = async (
  storage: Storage,
  expected: Expected,
  signal: AbortSignal,
  onRead: (bytes: number) => void = () => undefined,
): Promise<Checked | null> => {
  const { key, bytes, sha256, composite } = expected
  const found = await storage.head(expected, signal)
  if (found === null) return null
  const version = found.version ?? expected.version
  if (found.bytes !== bytes) {
    throw otherObject(`has ${found.bytes} bytes, the document ${bytes}`)
  }
  const { checksum } = found
  if (checksum !== null && (!checksum.composite || composite !== null)) {
    const wanted = checksum.composite ? composite : Buffer.from(sha256, 'hex').toString('base64')
    if (plain(checksum.value) !== plain(wanted ?? '')) throw otherObject('has another SHA-256')
    return { version, readBack: false }
  }
  if ((await hashOf(storage, { key, version }, signal, onRead)) !== sha256) {
    throw otherObject('has another SHA-256')
  }
  return { version, readBack: true }
}

/** Some servers leave out the number of parts. */
const plain = (checksum: string): string => checksum.replace(/-\d+$/, '')

const otherObject = (how: string): ConsoleError =>
  new ConsoleError(
    'CHECKSUM_MISMATCH',
    `The object in the storage is not this document: it ${how}.`,
    'Resume with the file: it is sent again, and the bucket keeps the other version.',
  )
