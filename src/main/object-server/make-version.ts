import type { Segment } from './blobs.ts'
import type { Bucket } from './buckets.ts'
import { checkMayMake } from './conditions.ts'
import { type Call, changeAndDiscard } from './operation.ts'
import { addVersion, type NewVersion, segmentsOf } from './versions.ts'

/** Segments of the version that a new one without versioning takes the place of. */
const replaced = ({ index }: Call, bucket: Bucket, key: string): Segment[] => {
  if (bucket.versioning === 'Enabled') return []
  const row = index.get<{ seq: number }>(
    `select seq from version where bucket = ? and key = ? and version_id = 'null'`,
    bucket.name,
    key,
  )
  return row === undefined ? [] : segmentsOf(index, row.seq)
}

/** Makes the latest version of a key, in one transaction with `also`, unless the request's condition forbids it. */
export const makeVersion = (
  call: Call,
  bucket: Bucket,
  version: NewVersion,
  also: { discard?: readonly Segment[]; change?: () => void } = {},
): string => {
  checkMayMake(call)
  const candidates = [...replaced(call, bucket, version.key), ...(also.discard ?? [])]
  return changeAndDiscard(call, candidates, () => {
    const versionId = addVersion(call.index, bucket, version)
    also.change?.()
    return versionId
  })
}
