import { fold, keyWriter } from './listing.ts'
import { bucketOf, type Operation, xmlReply } from './operation.ts'
import { countParameter, parameter } from './s3-request.ts'
import { objectsAfter } from './versions.ts'

const algorithms = (checksum: string | null) =>
  checksum === null
    ? {}
    : { ChecksumAlgorithm: 'SHA256', ChecksumType: checksum.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT' }

export const listObjects: Operation = {
  name: 'ListObjectsV2',
  action: 's3:ListBucket',
  run({ index, request, ...call }) {
    const bucket = bucketOf({ index, request, ...call })
    const prefix = parameter(request, 'prefix') ?? ''
    const delimiter = parameter(request, 'delimiter') ?? ''
    const limit = countParameter(request, 'max-keys')
    const token = parameter(request, 'continuation-token')
    const startAfter = parameter(request, 'start-after')
    const after = token === undefined ? (startAfter ?? '') : Buffer.from(token, 'base64url').toString('utf8')
    const { entries, prefixes, next } = fold(
      { prefix, delimiter, limit, after },
      {
        page: (from) => objectsAfter(index, bucket.name, from),
        placeOf: ({ key }) => key,
        behind: (place) => place,
      },
    )
    const write = keyWriter(request)
    const more = next !== null && limit > 0
    return xmlReply('ListBucketResult', {
      Name: bucket.name,
      Prefix: write(prefix),
      Delimiter: delimiter === '' ? undefined : write(delimiter),
      MaxKeys: limit,
      EncodingType: parameter(request, 'encoding-type'),
      KeyCount: entries.length + prefixes.length,
      IsTruncated: more,
      ContinuationToken: token,
      NextContinuationToken: more ? Buffer.from(next).toString('base64url') : undefined,
      StartAfter: startAfter === undefined ? undefined : write(startAfter),
      Contents: entries.map(({ key, modified, etag, bytes, checksum }) => ({
        Key: write(key),
        LastModified: new Date(modified),
        ETag: etag,
        ...algorithms(checksum),
        Size: bytes,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: write(one) })),
    })
  },
}
