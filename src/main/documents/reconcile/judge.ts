import { ConsoleError } from '../../../shared/errors.ts'
import type { Finding, FindingKind, ReconcileDepth } from '../../../shared/reconcile.ts'
import { insist } from '../../storage/insist.ts'
import type { ListedKey } from '../../storage/object-listing.ts'
import type { ObjectVersion } from '../../storage/object-versions.ts'
import type { Storage } from '../../storage/storage.ts'
import { isDenied } from '../../storage/storage-errors.ts'
import { hashOf } from '../check-object.ts'
import type { Pair } from './merge.ts'
import type { ComparedRow, RowNow } from './rows-in-order.ts'

/** The version that a row speaks of, among those that are there. */
export const ownVersion = (
  { version }: Pick<ComparedRow, 'version'>,
  versions: readonly ObjectVersion[],
): ObjectVersion | undefined =>
  versions.find((one) => !one.isDeletion && (version === null ? one.isNewest : one.version === version))

/** Whether bytes can be had without naming a version. */
const isCurrent = ({ versions }: ListedKey): boolean =>
  versions.some(({ isNewest, isDeletion }) => isNewest && !isDeletion)

/** A row as a listing can be held against it: one without versions tells the newest object alone. */
const comparable = <Row extends ComparedRow>(row: Row, hasVersions: boolean): Row =>
  hasVersions ? row : { ...row, version: null }

/** Whether what a listing tells gives reason to look at row and object once more. Most pairs give none. */
export const needsLook = (
  { row: of, object }: Pair,
  { depth, hasVersions }: { depth: ReconcileDepth; hasVersions: boolean },
): boolean => {
  if (of === null) return object !== null && isCurrent(object)
  const row = comparable(of, hasVersions)
  if (row.state === 'pending') return row.isStuck
  if (row.state === 'abandoned') return object !== null && isCurrent(object)
  if (row.state === 'quarantined' || depth !== 'listing' || object === null) return true
  const own = ownVersion(row, object.versions)
  return own === undefined || !own.isNewest || own.bytes !== row.bytes || own.version !== row.version
}

type Seen = {
  kind: FindingKind
  seen: string
  how?: Finding['how']
  bytes?: number
  version?: string | null
}

export type Judged = {
  finding: Finding | null
  /** The content was held against the row's SHA-256: by the storage's own, or by reading it. */
  verified: 'told' | 'read' | null
  /** It was asked for, and could not be: nobody has a SHA-256 of the whole. */
  isUnproven: boolean
}

export type Looking = {
  storage: Storage
  depth: ReconcileDepth
  /** Whether the storage tells the versions of a key. */
  hasVersions: boolean
  signal: AbortSignal
  /** Waits for the next question that may be asked. */
  pace(signal: AbortSignal): Promise<void>
}

const number = (value: number): string => value.toLocaleString('en')

/** The versions under a key, as they are now: of a storage that does not list them, the row's and the newest. */
const versionsNow = async (
  { storage, hasVersions, signal, pace }: Looking,
  row: RowNow,
): Promise<ObjectVersion[]> => {
  await pace(signal)
  if (hasVersions) return storage.listVersions(row.key, signal)
  const newest = await storage.head({ key: row.key, version: null }, signal)
  const told = (found: { version: string | null; bytes: number }, isNewest: boolean): ObjectVersion => ({
    version: found.version,
    bytes: found.bytes,
    modified: null,
    isNewest,
    isDeletion: false,
  })
  if (row.version === null || newest?.version === row.version)
    return newest === null ? [] : [told(newest, true)]
  await pace(signal)
  const own = await storage.head({ key: row.key, version: row.version }, signal)
  return [...(newest === null ? [] : [told(newest, true)]), ...(own === null ? [] : [told(own, false)])]
}

/** Holds the content of a document's version against its SHA-256, as far as the depth asks for it. */
const compareContent = async (
  { storage, depth, signal, pace }: Looking,
  row: RowNow,
): Promise<{ seen: Seen | null } & Omit<Judged, 'finding'>> => {
  const other: Seen = {
    kind: 'checksum-differs',
    seen: 'The SHA-256 of its object is not the one in its row.',
  }
  await pace(signal)
  const head = await storage.head(row, signal)
  if (head === null) return { seen: missing, verified: null, isUnproven: false }
  if (head.checksum !== null && !head.checksum.composite) {
    const isSame = head.checksum.value === Buffer.from(row.sha256, 'hex').toString('base64')
    return { seen: isSame ? null : other, verified: 'told', isUnproven: false }
  }
  if (depth !== 'read') return { seen: null, verified: null, isUnproven: true }
  // One connection that is cut must not end a comparison of a million.
  const hash = await insist(() => hashOf(storage, row, signal, () => undefined), signal)
  return { seen: hash === row.sha256 ? null : other, verified: 'read', isUnproven: false }
}

const missing: Seen = { kind: 'object-missing', seen: 'Nothing lies under its key.' }

/** What differs by size and version. */
const compareVersions = (row: RowNow, versions: readonly ObjectVersion[]): Seen | null => {
  const own = ownVersion(row, versions)
  const newest = versions.find(({ isNewest }) => isNewest)
  const withBytes = versions.filter(({ isDeletion }) => !isDeletion)
  const [first] = withBytes
  if (first === undefined) return missing
  if (own === undefined) {
    return {
      kind: 'version-differs',
      seen:
        row.version === null
          ? 'The object was deleted; earlier versions are there, and the row names none.'
          : `The version that was checked is gone; ${withBytes.length === 1 ? 'another one is' : `${number(withBytes.length)} others are`} there.`,
      how: 'gone',
      bytes: first.bytes,
      version: row.version,
    }
  }
  const { bytes } = own
  if (bytes !== row.bytes) {
    return {
      kind: 'size-differs',
      seen: `Its object has ${number(bytes)} bytes, its row says ${number(row.bytes)}.`,
      bytes,
      version: own.version,
    }
  }
  if (own.version !== row.version) {
    return {
      kind: 'version-differs',
      seen: 'Its row names no version, and the bucket has one.',
      how: 'unnamed',
      bytes,
      version: own.version,
    }
  }
  if (own.isNewest) return null
  const isDeleted = newest === undefined || newest.isDeletion
  return {
    kind: 'version-differs',
    how: isDeleted ? 'deleted' : 'covered',
    seen: isDeleted
      ? 'The object was deleted; the version that was checked is still there and is read.'
      : 'Another object lies on top; the version that was checked is still there and is read.',
    bytes,
    version: own.version,
  }
}

const judgeKept = async (
  looking: Looking,
  row: RowNow,
  object: ListedKey | null,
): Promise<{ seen: Seen | null; versions: number | null } & Omit<Judged, 'finding'>> => {
  // What the listing told is as good as a new question where it gives no reason for one.
  const { hasVersions } = looking
  const isPlain = !needsLook({ key: row.key, row, object }, { depth: 'listing', hasVersions })
  const versions = isPlain && object !== null ? object.versions : await versionsNow(looking, row)
  const seen = compareVersions(isPlain ? comparable(row, hasVersions) : row, versions)
  const count = hasVersions ? versions.filter(({ isDeletion }) => !isDeletion).length : null
  const isReadable =
    seen === null || (seen.kind === 'version-differs' && ownVersion(row, versions) !== undefined)
  if (looking.depth === 'listing' || !isReadable)
    return { seen, verified: null, isUnproven: false, versions: count }
  const content = await compareContent(looking, row)
  return { ...content, seen: content.seen ?? seen, versions: count }
}

/** What is there of a document whose upload never ended. */
const judgePending = async ({ storage, signal, pace }: Looking, row: RowNow): Promise<Seen> => {
  await pace(signal)
  const object = await storage.head({ key: row.key, version: null }, signal)
  const kind = 'pending-stuck'
  if (object !== null && object.bytes === row.bytes) {
    const { bytes, version } = object
    return { kind, seen: 'An object of its size is there, which nobody has checked.', bytes, version }
  }
  const there =
    object === null ? 'Nothing of it is in the bucket' : `An object of ${number(object.bytes)} bytes is there`
  try {
    await pace(signal)
    const { length } = await storage.uploadsOf(row.key, signal)
    const unfinished =
      length === 0 ? '' : length === 1 ? ', but an unfinished upload' : `, but ${length} unfinished uploads`
    return { kind, seen: `${there}${unfinished}.`, ...(object !== null && { bytes: object.bytes }) }
  } catch (error) {
    if (!(error instanceof ConsoleError) || !isDenied(error)) throw error
    return { kind, seen: `${there}.`, ...(object !== null && { bytes: object.bytes }) }
  }
}

const about = (
  key: string,
  row: RowNow | null,
  { kind, seen, how = null, bytes, version }: Seen,
): Finding => ({
  kind,
  how,
  key,
  seen,
  documentId: row?.id ?? null,
  filename: row?.filename ?? null,
  plant: row?.plant ?? null,
  state: row?.state ?? null,
  version: version === undefined ? (row?.version ?? null) : version,
  versions: null,
  rowBytes: row?.bytes ?? null,
  objectBytes: bytes ?? null,
  uploadId: row?.uploadId ?? null,
  since: null,
})

/**
 * Judges a pair by the row as it is now and one more look at the bucket: what was made or mended since the listing is no finding.
 * @param newer objects stored after this are not judged: their rows may be on the way
 */
export const judge = async (
  looking: Looking,
  { key, object }: Pair,
  row: RowNow | null,
  newer: Date,
): Promise<Judged> => {
  const nothing: Judged = { finding: null, verified: null, isUnproven: false }
  if (row === null || row.state === 'abandoned') {
    const newest = object?.versions.find(({ isNewest, isDeletion }) => isNewest && !isDeletion)
    if (object === null || newest === undefined) return nothing
    if (newest.modified !== null && newest.modified > newer) return nothing
    const seen: Seen = {
      kind: 'object-unknown',
      seen: row === null ? 'No document has this key.' : 'Its document was given up.',
      bytes: newest.bytes,
      version: newest.version,
    }
    await looking.pace(looking.signal)
    if ((await looking.storage.head({ key, version: newest.version }, looking.signal)) === null)
      return nothing
    const finding = about(key, row, seen)
    const versions = looking.hasVersions
      ? object.versions.filter(({ isDeletion }) => !isDeletion).length
      : null
    return { ...nothing, finding: { ...finding, versions, since: newest.modified?.toISOString() ?? null } }
  }
  if (row.state === 'pending') {
    if (!row.isStuck) return nothing
    const finding = about(key, row, await judgePending(looking, row))
    return { ...nothing, finding: { ...finding, since: row.touched } }
  }
  const { seen, versions, ...content } = await judgeKept(looking, row, object)
  if (row.state !== 'quarantined') {
    return { ...content, finding: seen && { ...about(key, row, seen), versions } }
  }
  const known: Seen = {
    ...(seen === null ? { bytes: row.bytes } : seen),
    kind: 'quarantined',
    seen:
      seen?.seen ??
      (content.verified === null
        ? 'Size and version of its object are as its row says.'
        : 'Its object is as its row says.'),
  }
  return { ...content, finding: { ...about(key, row, known), versions } }
}
