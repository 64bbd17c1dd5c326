import { fold, keyWriter } from './listing.ts'
import { bucketOf, type Operation, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { countParameter, parameter } from './s3-request.ts'
import { findVersion, versionsAfter } from './versions.ts'

export const listVersions: Operation = {
  name: 'ListObjectVersions',
  action: 's3:ListBucketVersions',
  run({ index, request, ...call }) {
    const bucket = bucketOf({ index, request, ...call })
    const prefix = parameter(request, 'prefix') ?? ''
    const delimiter = parameter(request, 'delimiter') ?? ''
    const limit = countParameter(request, 'max-keys')
    const keyMarker = parameter(request, 'key-marker') ?? ''
    const versionMarker = parameter(request, 'version-id-marker') ?? ''
    if (versionMarker !== '' && keyMarker === '') {
      throw new S3Error('InvalidArgument', 'A version-id marker cannot be specified without a key marker.')
    }
    const seq = versionMarker === '' ? 0 : findVersion(index, bucket.name, keyMarker, versionMarker).seq
    // Without a version the marker is behind all of its key.
    const after = { key: keyMarker, seq }
    const { entries, prefixes, next } = fold(
      { prefix, delimiter, limit, after },
      {
        page: (from) => versionsAfter(index, bucket.name, from),
        placeOf: (version) => ({ key: version.key, seq: version.seq }),
        behind: (key) => ({ key, seq: 0 }),
      },
    )
    const write = keyWriter(request)
    const last = entries.at(-1)
    const more = next !== null && limit > 0
    const shown = entries.map((version) => ({
      version,
      common: {
        Key: write(version.key),
        VersionId: version.versionId,
        IsLatest: version.latest,
        LastModified: new Date(version.modified),
        Owner: { ID: 'owner', DisplayName: 'owner' },
      },
    }))
    return xmlReply('ListVersionsResult', {
      Name: bucket.name,
      Prefix: write(prefix),
      Delimiter: delimiter === '' ? undefined : write(delimiter),
      KeyMarker: write(keyMarker),
      VersionIdMarker: versionMarker,
      MaxKeys: limit,
      EncodingType: parameter(request, 'encoding-type'),
      IsTruncated: more,
      NextKeyMarker: more ? write(next.key) : undefined,
      NextVersionIdMarker: more && next.seq > 0 ? last?.versionId : undefined,
      Version: shown
        .filter(({ version }) => !version.deleteMarker)
        .map(({ version, common }) => ({
          ...common,
          ETag: version.etag,
          Size: version.bytes,
          StorageClass: 'STANDARD',
        })),
      DeleteMarker: shown.filter(({ version }) => version.deleteMarker).map(({ common }) => common),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: write(one) })),
    })
  },
}
