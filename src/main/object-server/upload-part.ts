import { receiveBlob } from './body.ts'
import { encryptionHeaders } from './object-headers.ts'
import { bucketOf, changeAndDiscard, keyOf, type Operation } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header, parameter } from './s3-request.ts'
import { findUpload, partsOf, setPart } from './uploads.ts'

export const uploadPart: Operation = {
  name: 'UploadPart',
  action: 's3:PutObject',
  async run(call) {
    const { index, request } = call
    const find = () =>
      findUpload(index, bucketOf(call).name, keyOf(call), parameter(request, 'uploadId') ?? '')
    const number = Number(parameter(request, 'partNumber'))
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive')
    }
    const checksum = header(request, 'x-amz-checksum-sha256') ?? null
    if (find().checksums && checksum === null) {
      throw new S3Error(
        'InvalidRequest',
        'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null',
      )
    }
    return receiveBlob(request, call.payload, call.blobs, (unfinished, { bytes, sha256, md5 }) => {
      // It may have been aborted or completed meanwhile.
      const { id, headers } = find()
      const etag = `"${md5}"`
      const before = partsOf(index, id).filter((part) => part.number === number)
      call.blobs.keep(unfinished, sha256)
      changeAndDiscard(call, before, () =>
        setPart(index, id, { number, blob: sha256, bytes, etag, checksum, modified: Date.now() }),
      )
      return {
        headers: {
          etag,
          ...encryptionHeaders(headers),
          ...(checksum === null ? {} : { 'x-amz-checksum-sha256': checksum }),
        },
      }
    })
  },
}
