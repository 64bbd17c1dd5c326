import { randomBytes } from 'node:crypto'
import type { Segment } from './blobs.ts'
import type { Bucket } from './buckets.ts'
import type { IndexFile } from './index-file.ts'
import { S3Error } from './s3-error.ts'

/** What protects a version from being deleted. */
export interface Lock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE' | null
  /** Milliseconds since 1970. */
  readonly until: number | null
  readonly legalHold: boolean
}

/** What a new version is made of. */
export interface NewVersion {
  readonly key: string
  readonly deleteMarker?: boolean
  readonly bytes: number
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
  readonly checksum: string | null
  readonly lock: Lock
  readonly segments: readonly Segment[]
  /** By default now. */
  readonly modified?: number
  /** In a bucket with versions; by default a random one. */
  readonly versionId?: string
}

export interface Version extends Required<Omit<NewVersion, 'segments'>> {
  readonly seq: number
  readonly versionId: string
  /** Whether it is its key's latest. */
  readonly latest: boolean
}

type Row = {
  seq: number
  key: string
  version_id: string
  delete_marker: number
  bytes: number
  etag: string
  headers: string
  checksum: string | null
  modified: number
  lock_mode: Lock['mode']
  lock_until: number | null
  legal_hold: number
  latest: number
}

const fromRow = (row: Row): Version => ({
  seq: row.seq,
  key: row.key,
  versionId: row.version_id,
  deleteMarker: row.delete_marker === 1,
  bytes: row.bytes,
  etag: row.etag,
  headers: JSON.parse(row.headers),
  checksum: row.checksum,
  modified: row.modified,
  lock: { mode: row.lock_mode, until: row.lock_until, legalHold: row.legal_hold === 1 },
  latest: row.latest === 1,
})

export const noLock: Lock = { mode: null, until: null, legalHold: false }

const select = `
  select v.*, v.seq = (select max(w.seq) from version w where w.bucket = v.bucket and w.key = v.key) as latest
    from version v`

export const latestVersion = (index: IndexFile, bucket: string, key: string): Version | undefined => {
  const row = index.get<Row>(
    `${select} where v.bucket = ? and v.key = ? order by v.seq desc limit 1`,
    bucket,
    key,
  )
  return row && fromRow(row)
}

/** @throws S3Error NoSuchVersion */
export const findVersion = (index: IndexFile, bucket: string, key: string, versionId: string): Version => {
  const row = index.get<Row>(
    `${select} where v.bucket = ? and v.key = ? and v.version_id = ?`,
    bucket,
    key,
    versionId,
  )
  if (row === undefined) {
    throw new S3Error('NoSuchVersion', 'The specified version does not exist.', {
      more: { Key: key, VersionId: versionId },
    })
  }
  return fromRow(row)
}

/** Up to `limit` keys after `after`, and not before `prefix`, whose latest version is no delete marker, in the order of their UTF-8 bytes. */
export const objectsAfter = (
  index: IndexFile,
  bucket: string,
  { after, prefix, limit }: { after: string; prefix: string; limit: number },
): Version[] =>
  index
    .all<Row>(
      `select * from (${select} where v.bucket = ? and v.key > ? and v.key >= ?) where latest = 1 and delete_marker = 0 order by key limit ?`,
      bucket,
      after,
      prefix,
      limit,
    )
    .map(fromRow)

/** Up to `limit` versions after this one, and not before `prefix`, by key, the latest first. A `seq` of 0 begins with the next key. */
export const versionsAfter = (
  index: IndexFile,
  bucket: string,
  { after, prefix, limit }: { after: { key: string; seq: number }; prefix: string; limit: number },
): Version[] =>
  index
    .all<Row>(
      `${select} where v.bucket = ? and v.key >= max(?, ?) and (v.key > ? or v.seq < ?) order by v.key, v.seq desc limit ?`,
      bucket,
      prefix,
      after.key,
      after.key,
      after.seq,
      limit,
    )
    .map(fromRow)

export const segmentsOf = (index: IndexFile, seq: number): Segment[] =>
  index.all<Segment>('select blob, bytes from segment where version = ? order by position', seq)

export const removeVersion = (index: IndexFile, seq: number): void => {
  index.run('delete from version where seq = ?', seq)
}

export const changeLock = (index: IndexFile, seq: number, lock: Lock): void => {
  index.run(
    'update version set lock_mode = ?, lock_until = ?, legal_hold = ? where seq = ?',
    lock.mode,
    lock.until,
    lock.legalHold ? 1 : 0,
    seq,
  )
}

/**
 * Adds the latest version of its key. Without versioning it takes the place of the one that is there, as `null`. To be called in a
 * transaction; the blobs of what it replaced may be in use no more.
 * @returns its id, `null` without versioning
 */
export const addVersion = (index: IndexFile, bucket: Bucket, version: NewVersion): string => {
  const versionId =
    bucket.versioning === 'Enabled' ? (version.versionId ?? randomBytes(16).toString('hex')) : 'null'
  if (versionId === 'null') {
    index.run(
      `delete from version where bucket = ? and key = ? and version_id = 'null'`,
      bucket.name,
      version.key,
    )
  }
  const { seq } = index.run(
    `insert into version
       (bucket, key, version_id, delete_marker, bytes, etag, headers, checksum, modified, lock_mode, lock_until, legal_hold)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    bucket.name,
    version.key,
    versionId,
    version.deleteMarker === true ? 1 : 0,
    version.bytes,
    version.etag,
    JSON.stringify(version.headers),
    version.checksum,
    version.modified ?? Date.now(),
    version.lock.mode,
    version.lock.until,
    version.lock.legalHold ? 1 : 0,
  )
  for (const [position, { blob, bytes }] of version.segments.entries()) {
    index.run(
      'insert into segment (version, position, blob, bytes) values (?, ?, ?, ?)',
      seq,
      position,
      blob,
      bytes,
    )
  }
  return versionId
}
