import { ConsoleError, toErrorShape } from '../../../shared/errors.ts'
import type { Mended, MendInput } from '../../../shared/reconcile.ts'
import type { Database } from '../../session/database.ts'
import type { Storage } from '../../storage/storage.ts'
import { type Checked, checkObject, hashOf } from '../check-object.ts'
import type { DocumentRow, DocumentRows } from '../document-rows.ts'
import { objectOf } from '../readable.ts'
import { lookInto } from './look-into.ts'
import { ownKeys } from './own-keys.ts'
import { rowsNow, seesAllRows } from './rows-in-order.ts'
import { isKnown } from './unknown-uploads.ts'

type Place = { database: Database; rows: DocumentRows; storage: () => Promise<Storage> }
type OfDocument = { documentId: string; reason: string }

const number = (value: number): string => value.toLocaleString('en')

const conflict = (message: string, remedy = 'Compare again to see how it stands now.'): ConsoleError =>
  new ConsoleError('CONFLICT', message, remedy)

/** A document with the storage that its row speaks of; fails where the connection knows another one. */
const find = async (
  { rows, storage }: Pick<Place, 'rows' | 'storage'>,
  documentId: string,
  signal: AbortSignal,
): Promise<{ row: DocumentRow; opened: Storage; object: ReturnType<typeof objectOf> }> => {
  const [row, opened] = await Promise.all([rows.find(documentId, signal), storage()])
  return { row, opened, object: objectOf(row, opened) }
}

/** Whether a version holds the document's content, as the storage vouches for it or as it was read. */
const holds = async (
  storage: Storage,
  row: DocumentRow,
  version: string | null,
  signal: AbortSignal,
): Promise<Checked | null> => {
  const { key, sha256 } = row
  try {
    return await checkObject(
      storage,
      { key, version, bytes: Number(row.bytes), sha256, composite: null },
      signal,
    )
  } catch (error) {
    if (error instanceof ConsoleError && error.code === 'CHECKSUM_MISMATCH') return null
    throw error
  }
}

/** Makes a quarantined document readable again. All of it is read for that, whatever the storage says of it. */
const release = async (
  { rows, storage }: Place,
  { documentId, reason }: OfDocument,
  signal: AbortSignal,
): Promise<Mended> => {
  const { row, opened, object } = await find({ rows, storage }, documentId, signal)
  const found = await opened.head(object, signal)
  const isWhole =
    found !== null &&
    found.bytes === Number(row.bytes) &&
    (await hashOf(opened, object, signal, () => undefined)) === row.sha256
  if (!isWhole) {
    throw conflict(
      `Document ${row.id} stays quarantined: ${found === null ? 'its object is not there' : 'its object is another one than its row says'}.`,
      'Compare again: another version may be the right one.',
    )
  }
  await rows.released(row.id, reason, signal)
  return {
    done: `${row.filename} is stored again: all its ${number(found.bytes)} bytes were read.`,
    trouble: null,
  }
}

/** Lets the row name the newest version whose content is the document's. */
const nameVersion = async (
  { rows, storage }: Place,
  { documentId, reason }: OfDocument,
  signal: AbortSignal,
): Promise<Mended> => {
  const { row, opened } = await find({ rows, storage }, documentId, signal)
  const versions = (await opened.listVersions(row.key, signal)).filter(({ isDeletion }) => !isDeletion)
  // The one that it names first: where that is right, another one of the same content changes nothing.
  const named = versions.filter(({ version }) => version === row.version)
  for (const { version } of new Set([...named, ...versions])) {
    if ((await holds(opened, row, version, signal)) === null) continue
    if (version === row.version) {
      throw conflict(
        `The version that the row of document ${row.id} names is its own: there is nothing to mend.`,
      )
    }
    await rows.versionNamed(row.id, version, reason, signal)
    return {
      done: `The row of ${row.filename} names the version ${version ?? 'without a name'}, which holds its content.`,
      trouble: null,
    }
  }
  throw conflict(
    `None of ${number(versions.length)} versions under the key of document ${row.id} holds its content. Nothing was changed.`,
    'Quarantine it, and look for its file where it came from.',
  )
}

/** Stores a pending document whose object came, and nobody told its row. */
const complete = async (
  { rows, storage }: Place,
  { documentId, reason }: OfDocument,
  signal: AbortSignal,
): Promise<Mended> => {
  const { row, opened } = await find({ rows, storage }, documentId, signal)
  const checked = await holds(opened, row, null, signal)
  if (checked === null) {
    throw conflict(
      `Document ${row.id} stays pending: what lies under its key is not its content.`,
      'Resume it with its file, or give it up.',
    )
  }
  await rows.stored(row.id, checked.version, reason, signal)
  return { done: `${row.filename} is stored: its object was there, with its SHA-256.`, trouble: null }
}

/** Ends a pending document, and takes back the parts of every upload under its key. */
const giveUp = async (
  { rows, storage }: Place,
  { documentId, reason }: OfDocument,
  signal: AbortSignal,
): Promise<Mended> => {
  const { row, opened } = await find({ rows, storage }, documentId, signal)
  // The database first: its grants decide who may. What is left over where the bucket fails is found as an upload without a document.
  await rows.givenUp(row.id, reason, signal)
  const done = `The upload of ${row.filename} is given up`
  try {
    const known = await opened.uploadsOf(row.key, signal)
    const ids = new Set([
      ...known.map(({ uploadId }) => uploadId),
      ...(row.uploadId === null ? [] : [row.uploadId]),
    ])
    for (const uploadId of ids) await opened.abortUpload({ key: row.key, uploadId }, signal)
    const { size } = ids
    return {
      done: `${done}${size === 0 ? '' : `, with ${number(size)} unfinished upload${size === 1 ? '' : 's'} under its key`}.`,
      trouble: null,
    }
  } catch (error) {
    return { done: `${done}.`, trouble: toErrorShape(error) }
  }
}

const needsAllPlants = async (database: Database, signal: AbortSignal): Promise<void> => {
  if (await seesAllRows(database, signal)) return
  throw new ConsoleError(
    'PERMISSION_DENIED',
    'This role does not see all plants: it cannot tell what has no document.',
    'Ask somebody who sees all documents, such as a DBA.',
  )
}

/** Ends an upload that no document knows. Recorded before it is done. */
const abort = async (
  { database, rows, storage }: Place,
  { key, uploadId, reason }: Extract<MendInput, { mending: 'abort' }>,
  signal: AbortSignal,
): Promise<Mended> => {
  await needsAllPlants(database, signal)
  const opened = await storage()
  const upload = { key, uploadId }
  const known = await rowsNow(database, [key], 24, signal)
  if (isKnown(upload, known.get(key)))
    throw conflict('A pending document goes on with this upload: it was not aborted.')
  const parts = await opened.listParts(upload, signal)
  if (parts === null) throw conflict('The storage no longer knows this upload.')
  await rows.uploadAborted(upload, reason, signal)
  await opened.abortUpload(upload, signal)
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return {
    done: `The unfinished upload is aborted: ${number(parts.length)} parts with ${number(bytes)} bytes.`,
    trouble: null,
  }
}

/** Gives an object that has none a document, by the same rules of content as an upload. The object stays as it is. */
const adopt = async (
  { database, rows, storage }: Place,
  { key, version, filename, plant, reason }: Extract<MendInput, { mending: 'adopt' }>,
  signal: AbortSignal,
): Promise<Mended> => {
  await needsAllPlants(database, signal)
  const opened = await storage()
  const { bucket, prefix, allowedTypes, maxBytes } = opened.settings
  if (!key.startsWith(prefix) || ownKeys(opened.settings)(key)) {
    throw conflict('This object is not one of documents: it lies beside the prefix, or is the console’s own.')
  }
  if ((await rowsNow(database, [key], 24, signal)).size > 0)
    throw conflict('A document has this key already.')
  const head = await opened.head({ key, version }, signal)
  if (head === null) throw conflict('The object is not there any more.')
  if (head.bytes > maxBytes) {
    throw conflict(
      `The object has ${number(head.bytes)} bytes; documents of this connection may have ${number(maxBytes)}.`,
      'Raise the limit in the connection’s storage.',
    )
  }
  const object = { key, version: head.version ?? version }
  const { sha256, contentType, besides } = await lookInto(
    opened,
    object,
    { filename, bytes: head.bytes },
    signal,
  )
  if (!allowedTypes.includes(contentType) || besides !== null) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `Its content is ${contentType}${besides === null ? ', which may not be uploaded over this connection' : ` and ${besides} at once`}.`,
      'Leave it, or allow this type in the connection’s storage.',
    )
  }
  const id = await rows.adopted(
    { ...object, filename: filename.normalize('NFC'), plant, bytes: head.bytes, sha256, contentType, bucket },
    reason,
    signal,
  )
  return {
    done: `The object is document ${id} now, with ${number(head.bytes)} bytes of ${contentType}.`,
    trouble: null,
  }
}

/** Does what a person decided about a finding, for a reason that the trail keeps. Nothing of a document is ever deleted. */
export const mend = async (place: Place, input: MendInput, signal: AbortSignal): Promise<Mended> => {
  switch (input.mending) {
    case 'quarantine': {
      const { documentIds, reason } = input
      await place.rows.quarantined(documentIds, reason, signal)
      const { length } = documentIds
      return {
        done: `${number(length)} document${length === 1 ? ' is' : 's are'} quarantined.`,
        trouble: null,
      }
    }
    case 'release':
      return release(place, input, signal)
    case 'name-version':
      return nameVersion(place, input, signal)
    case 'complete':
      return complete(place, input, signal)
    case 'give-up':
      return giveUp(place, input, signal)
    case 'abort':
      return abort(place, input, signal)
    case 'adopt':
      return adopt(place, input, signal)
    default:
      return input satisfies never
  }
}
