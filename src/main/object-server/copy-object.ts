import { findBucket } from './buckets.ts'
import { lockForNew } from './locks.ts'
import { makeVersion } from './make-version.ts'
import { encryptionHeaders, objectHeaders } from './object-headers.ts'
import { bucketOf, keyOf, type Operation, requireAction, versionHeader, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header } from './s3-request.ts'
import { findVersion, latestVersion, segmentsOf } from './versions.ts'

/** Copies within this server: the copy is made of the same blobs. */
export const copyObject: Operation = {
  name: 'CopyObject',
  action: 's3:PutObject',
  run(call) {
    const { request, index } = call
    const [path = '', versionId] = (header(request, 'x-amz-copy-source') ?? '').split('?versionId=')
    const [, from = '', fromKey = ''] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? []
    requireAction(call, versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion')
    const source =
      versionId === undefined
        ? latestVersion(index, findBucket(index, from).name, fromKey)
        : findVersion(index, from, fromKey, versionId)
    if (source === undefined || source.deleteMarker) {
      throw new S3Error('NoSuchKey', 'The specified key does not exist.', { more: { Key: fromKey } })
    }
    const bucket = bucketOf(call)
    const replaces = header(request, 'x-amz-metadata-directive') === 'REPLACE'
    if (from === bucket.name && fromKey === keyOf(call) && !replaces) {
      throw new S3Error('InvalidRequest', 'This copy request is illegal because it changes nothing.')
    }
    const own = objectHeaders(call, bucket)
    const { etag, bytes, checksum } = source
    const headers = replaces ? own : { ...source.headers, ...encryptionHeaders(own) }
    const modified = Date.now()
    const copy = {
      key: keyOf(call),
      bytes,
      etag,
      headers,
      checksum,
      lock: lockForNew(call, bucket),
      modified,
    }
    const made = makeVersion(call, bucket, { ...copy, segments: segmentsOf(index, source.seq) })
    return xmlReply(
      'CopyObjectResult',
      { ETag: etag, LastModified: new Date(modified), ChecksumSHA256: checksum ?? undefined },
      {
        ...versionHeader(bucket, made),
        ...(versionId === undefined ? {} : { 'x-amz-copy-source-version-id': versionId }),
        ...encryptionHeaders(headers),
      },
    )
  },
}
