import { keyWriter } from './listing.ts'
import { bucketOf, changeAndDiscard, keyOf, type Operation, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { countParameter, parameter } from './s3-request.ts'
import { findUpload, partsOf, removeUpload, uploadsAfter } from './uploads.ts'

const owner = { ID: 'owner', DisplayName: 'owner' }

export const listParts: Operation = {
  name: 'ListParts',
  action: 's3:ListMultipartUploadParts',
  run(call) {
    const { index, request } = call
    const bucket = bucketOf(call)
    const upload = findUpload(index, bucket.name, keyOf(call), parameter(request, 'uploadId') ?? '')
    const limit = countParameter(request, 'max-parts')
    const marker = Number(parameter(request, 'part-number-marker') ?? 0)
    const rest = partsOf(index, upload.id).filter(({ number }) => number > marker)
    const parts = rest.slice(0, limit)
    return xmlReply('ListPartsResult', {
      Bucket: bucket.name,
      Key: keyWriter(request)(upload.key),
      UploadId: upload.id,
      Initiator: owner,
      Owner: owner,
      StorageClass: 'STANDARD',
      ...(upload.checksums ? { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } : {}),
      PartNumberMarker: marker,
      NextPartNumberMarker: parts.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: rest.length > parts.length,
      Part: parts.map(({ number, modified, etag, bytes, checksum }) => ({
        PartNumber: number,
        LastModified: new Date(modified),
        ETag: etag,
        Size: bytes,
        ChecksumSHA256: checksum ?? undefined,
      })),
    })
  },
}

export const listUploads: Operation = {
  name: 'ListMultipartUploads',
  action: 's3:ListBucketMultipartUploads',
  run(call) {
    const { index, request } = call
    const bucket = bucketOf(call)
    if ((parameter(request, 'delimiter') ?? '') !== '') {
      throw new S3Error('NotImplemented', 'This server lists uploads without a delimiter only.')
    }
    const limit = countParameter(request, 'max-uploads')
    const prefix = parameter(request, 'prefix') ?? ''
    const keyMarker = parameter(request, 'key-marker') ?? ''
    const idMarker = parameter(request, 'upload-id-marker') ?? ''
    // Without an id the marker is behind every upload of its key.
    const after = { key: keyMarker, id: keyMarker !== '' && idMarker === '' ? '\u{10ffff}' : idMarker }
    const rest = uploadsAfter(index, bucket.name, after, -1).filter(({ key }) => key.startsWith(prefix))
    const uploads = rest.slice(0, limit)
    const more = rest.length > uploads.length
    const write = keyWriter(request)
    const last = uploads.at(-1)
    return xmlReply('ListMultipartUploadsResult', {
      Bucket: bucket.name,
      KeyMarker: write(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: more && last !== undefined ? write(last.key) : undefined,
      NextUploadIdMarker: more ? last?.id : undefined,
      Prefix: write(prefix),
      EncodingType: parameter(request, 'encoding-type'),
      MaxUploads: limit,
      IsTruncated: more,
      Upload: uploads.map(({ id, key, initiated, checksums }) => ({
        Key: write(key),
        UploadId: id,
        Initiator: owner,
        Owner: owner,
        StorageClass: 'STANDARD',
        Initiated: new Date(initiated),
        ...(checksums ? { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } : {}),
      })),
    })
  },
}

export const abortUpload: Operation = {
  name: 'AbortMultipartUpload',
  action: 's3:AbortMultipartUpload',
  run(call) {
    const { index, request } = call
    const { id } = findUpload(index, bucketOf(call).name, keyOf(call), parameter(request, 'uploadId') ?? '')
    changeAndDiscard(call, partsOf(index, id), () => removeUpload(index, id))
    return { status: 204 }
  },
}
