import { receiveText } from './body.ts'
import type { Bucket } from './buckets.ts'
import { checkMayDelete } from './locks.ts'
import { makeVersion } from './make-version.ts'
import {
  bucketOf,
  type Call,
  changeAndDiscard,
  keyOf,
  type Operation,
  requireAction,
  xmlReply,
} from './operation.ts'
import { S3Error } from './s3-error.ts'
import { parameter } from './s3-request.ts'
import { findVersion, noLock, removeVersion, segmentsOf, type Version } from './versions.ts'
import { childrenOf, readXml, textOf } from './xml.ts'

type Deleted = { versionId: string | null; marker: boolean }

/** Undefined: there is no such version, which S3 takes for deleted. */
const find = (call: Call, bucket: Bucket, key: string, versionId: string): Version | undefined => {
  try {
    return findVersion(call.index, bucket.name, key, versionId)
  } catch (error) {
    if (error instanceof S3Error) return undefined
    throw error
  }
}

const remove = (call: Call, bucket: Bucket, key: string, versionId: string | undefined): Deleted => {
  requireAction(call, versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion')
  if (versionId === undefined && bucket.versioning !== '') {
    const marker = {
      key,
      deleteMarker: true,
      bytes: 0,
      etag: '',
      headers: {},
      checksum: null,
      lock: noLock,
      segments: [],
    }
    return { versionId: makeVersion(call, bucket, marker), marker: true }
  }
  const version = find(call, bucket, key, versionId ?? 'null')
  if (version !== undefined) {
    checkMayDelete(call, version)
    changeAndDiscard(call, segmentsOf(call.index, version.seq), () => removeVersion(call.index, version.seq))
  }
  return { versionId: versionId ?? null, marker: version?.deleteMarker === true }
}

export const deleteObject: Operation = {
  name: 'DeleteObject',
  action: ({ request }) =>
    parameter(request, 'versionId') === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
  run(call) {
    const { versionId, marker } = remove(
      call,
      bucketOf(call),
      keyOf(call),
      parameter(call.request, 'versionId'),
    )
    return {
      status: 204,
      headers: {
        ...(versionId === null ? {} : { 'x-amz-version-id': versionId }),
        ...(marker ? { 'x-amz-delete-marker': 'true' } : {}),
      },
    }
  },
}

export const deleteObjects: Operation = {
  name: 'DeleteObjects',
  action: 's3:DeleteObject',
  async run(call) {
    const bucket = bucketOf(call)
    const wanted = readXml(await receiveText(call.request, call.payload))
    const objects = childrenOf(wanted, 'Object')
    if (objects.length === 0 || objects.length > 1000) {
      throw new S3Error('MalformedXML', 'A request deletes between 1 and 1000 objects')
    }
    const results = objects.map((object) => {
      const Key = textOf(object, 'Key') ?? ''
      const VersionId = textOf(object, 'VersionId')
      try {
        const { versionId, marker } = remove(call, bucket, Key, VersionId)
        const made = marker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId ?? undefined } : {}
        return { deleted: { Key, VersionId, ...made } }
      } catch (error) {
        if (!(error instanceof S3Error)) throw error
        return { error: { Key, VersionId, Code: error.code, Message: error.message } }
      }
    })
    const quiet = textOf(wanted, 'Quiet') === 'true'
    return xmlReply('DeleteResult', {
      Deleted: quiet ? [] : results.flatMap(({ deleted }) => deleted ?? []),
      Error: results.flatMap(({ error }) => error ?? []),
    })
  },
}
