import { randomBytes } from 'node:crypto'
import type { IndexFile } from './index-file.ts'
import { S3Error } from './s3-error.ts'
import type { Lock } from './versions.ts'

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly initiated: number
  readonly headers: Readonly<Record<string, string>>
  /** Whether each part has to bring its SHA-256. */
  readonly checksums: boolean
  readonly lock: Lock
}

export interface Part {
  readonly number: number
  readonly blob: string
  readonly bytes: number
  readonly etag: string
  readonly checksum: string | null
  readonly modified: number
}

type Row = {
  id: string
  key: string
  initiated: number
  headers: string
  checksums: number
  lock_mode: Lock['mode']
  lock_until: number | null
  legal_hold: number
}

const fromRow = (row: Row): Upload => ({
  id: row.id,
  key: row.key,
  initiated: row.initiated,
  headers: JSON.parse(row.headers),
  checksums: row.checksums === 1,
  lock: { mode: row.lock_mode, until: row.lock_until, legalHold: row.legal_hold === 1 },
})

export const addUpload = (index: IndexFile, bucket: string, upload: Omit<Upload, 'id'>): string => {
  const id = randomBytes(24).toString('base64url')
  index.run(
    `insert into upload (id, bucket, key, initiated, headers, checksums, lock_mode, lock_until, legal_hold)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    bucket,
    upload.key,
    upload.initiated,
    JSON.stringify(upload.headers),
    upload.checksums ? 1 : 0,
    upload.lock.mode,
    upload.lock.until,
    upload.lock.legalHold ? 1 : 0,
  )
  return id
}

/** @throws S3Error NoSuchUpload */
export const findUpload = (index: IndexFile, bucket: string, key: string, id: string): Upload => {
  const row = index.get<Row>('select * from upload where id = ? and bucket = ? and key = ?', id, bucket, key)
  if (row === undefined) {
    throw new S3Error(
      'NoSuchUpload',
      'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.',
      { more: { UploadId: id } },
    )
  }
  return fromRow(row)
}

/** Up to `limit` uploads after this one, by key and id. */
export const uploadsAfter = (
  index: IndexFile,
  bucket: string,
  after: { key: string; id: string },
  limit: number,
): Upload[] =>
  index
    .all<Row>(
      'select * from upload where bucket = ? and (key, id) > (?, ?) order by key, id limit ?',
      bucket,
      after.key,
      after.id,
      limit,
    )
    .map(fromRow)

export const partsOf = (index: IndexFile, id: string): Part[] =>
  index.all<Part>(
    'select number, blob, bytes, etag, checksum, modified from part where upload = ? order by number',
    id,
  )

/** Adds a part, or replaces the one of its number. */
export const setPart = (index: IndexFile, id: string, part: Part): void => {
  index.run(
    `insert or replace into part (upload, number, blob, bytes, etag, checksum, modified) values (?, ?, ?, ?, ?, ?, ?)`,
    id,
    part.number,
    part.blob,
    part.bytes,
    part.etag,
    part.checksum,
    part.modified,
  )
}

export const removeUpload = (index: IndexFile, id: string): void => {
  index.run('delete from upload where id = ?', id)
}
