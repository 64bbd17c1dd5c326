import type { IndexFile } from './index-file.ts'
import { S3Error } from './s3-error.ts'

/** The default retention of a bucket with Object Lock. */
export type DefaultRetention = { mode: 'GOVERNANCE' | 'COMPLIANCE'; days?: number; years?: number } | null

export interface Bucket {
  readonly name: string
  readonly created: number
  readonly versioning: '' | 'Enabled' | 'Suspended'
  /** Undefined: it has no Object Lock. */
  readonly objectLock: DefaultRetention | undefined
  readonly encryption: { algorithm: string; key?: string } | null
  readonly publicAccessBlock: Readonly<Record<string, boolean>> | null
}

type Row = {
  name: string
  created: number
  versioning: Bucket['versioning']
  object_lock: string | null
  encryption: string | null
  public_access_block: string | null
}

const fromRow = (row: Row): Bucket => ({
  name: row.name,
  created: row.created,
  versioning: row.versioning,
  objectLock: row.object_lock === null ? undefined : JSON.parse(row.object_lock),
  encryption: row.encryption === null ? null : JSON.parse(row.encryption),
  publicAccessBlock: row.public_access_block === null ? null : JSON.parse(row.public_access_block),
})

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

export const listBuckets = (index: IndexFile): Bucket[] =>
  index.all<Row>('select * from bucket order by name').map(fromRow)

/** @throws S3Error NoSuchBucket */
export const findBucket = (index: IndexFile, name: string): Bucket => {
  const row = index.get<Row>('select * from bucket where name = ?', name)
  if (row === undefined) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { more: { BucketName: name } })
  }
  return fromRow(row)
}

/** @throws S3Error BucketAlreadyOwnedByYou, InvalidBucketName */
export const addBucket = (index: IndexFile, bucket: Bucket): void => {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket.name)) {
    throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.')
  }
  const { changes } = index.run(
    `insert into bucket (name, created, versioning, object_lock, encryption, public_access_block)
     values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
    bucket.name,
    bucket.created,
    bucket.versioning,
    json(bucket.objectLock),
    json(bucket.encryption ?? undefined),
    json(bucket.publicAccessBlock ?? undefined),
  )
  if (changes === 0) {
    throw new S3Error(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
    )
  }
}

export const changeBucket = (index: IndexFile, bucket: Bucket): void => {
  index.run(
    'update bucket set versioning = ?, object_lock = ?, encryption = ?, public_access_block = ? where name = ?',
    bucket.versioning,
    json(bucket.objectLock),
    json(bucket.encryption ?? undefined),
    json(bucket.publicAccessBlock ?? undefined),
    bucket.name,
  )
}

/** @throws S3Error BucketNotEmpty */
export const removeBucket = (index: IndexFile, name: string): void => {
  const full = index.get(
    'select 1 as full from version where bucket = ? union all select 1 from upload where bucket = ?',
    name,
    name,
  )
  if (full !== undefined) throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty')
  index.run('delete from bucket where name = ?', name)
}
