import { receiveBlob } from './body.ts'
import { checkMayMake } from './conditions.ts'
import { lockForNew } from './locks.ts'
import { makeVersion } from './make-version.ts'
import { encryptionHeaders, objectHeaders } from './object-headers.ts'
import { bucketOf, keyOf, type Operation, versionHeader } from './operation.ts'
import { header } from './s3-request.ts'

export const putObject: Operation = {
  name: 'PutObject',
  action: 's3:PutObject',
  async run(call) {
    const bucket = bucketOf(call)
    const key = keyOf(call)
    const headers = objectHeaders(call, bucket)
    const lock = lockForNew(call, bucket)
    const checksum = header(call.request, 'x-amz-checksum-sha256') ?? null
    checkMayMake(call)
    return receiveBlob(call.request, call.payload, call.blobs, (unfinished, { bytes, sha256, md5 }) => {
      // Asked again: another request may have been faster.
      checkMayMake(call)
      const etag = `"${md5}"`
      call.blobs.keep(unfinished, sha256)
      const segments = [{ blob: sha256, bytes }]
      const versionId = makeVersion(call, bucket, { key, bytes, etag, headers, checksum, lock, segments })
      return {
        headers: {
          etag,
          ...versionHeader(bucket, versionId),
          ...encryptionHeaders(headers),
          ...(checksum === null
            ? {}
            : { 'x-amz-checksum-sha256': checksum, 'x-amz-checksum-type': 'FULL_OBJECT' }),
        },
      }
    })
  },
}
