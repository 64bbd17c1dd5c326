import { lockForNew } from './locks.ts'
import { encryptionHeaders, objectHeaders } from './object-headers.ts'
import { bucketOf, keyOf, type Operation, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header } from './s3-request.ts'
import { addUpload } from './uploads.ts'

export const createUpload: Operation = {
  name: 'CreateMultipartUpload',
  action: 's3:PutObject',
  run(call) {
    const bucket = bucketOf(call)
    const key = keyOf(call)
    const algorithm = header(call.request, 'x-amz-checksum-algorithm')
    if (algorithm !== undefined && algorithm !== 'SHA256') {
      throw new S3Error('NotImplemented', 'This server knows the checksum SHA256 of multipart uploads only.')
    }
    if (header(call.request, 'x-amz-checksum-type') === 'FULL_OBJECT') {
      throw new S3Error(
        'InvalidRequest',
        'The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.',
      )
    }
    const headers = objectHeaders(call, bucket)
    const id = addUpload(call.index, bucket.name, {
      key,
      initiated: Date.now(),
      headers,
      checksums: algorithm !== undefined,
      lock: lockForNew(call, bucket),
    })
    return xmlReply(
      'InitiateMultipartUploadResult',
      { Bucket: bucket.name, Key: key, UploadId: id },
      {
        ...encryptionHeaders(headers),
        ...(algorithm === undefined
          ? {}
          : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': 'COMPOSITE' }),
      },
    )
  },
}
