import { checkMayRead } from './conditions.ts'
import { lockHeaders } from './locks.ts'
import { bucketOf, type Call, keyOf, type Operation, type Reply, versionHeader } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header, parameter } from './s3-request.ts'
import { findVersion, latestVersion, segmentsOf, type Version } from './versions.ts'

/** The version that is asked for, or the latest. A delete marker is no object. */
export const versionOf = (call: Call): Version => {
  const bucket = bucketOf(call)
  const key = keyOf(call)
  const versionId = parameter(call.request, 'versionId')
  const found =
    versionId === undefined
      ? latestVersion(call.index, bucket.name, key)
      : findVersion(call.index, bucket.name, key, versionId)
  if (found !== undefined && !found.deleteMarker) return found
  const headers = found && { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId }
  if (versionId !== undefined) {
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      headers: { ...headers, allow: 'DELETE' },
    })
  }
  // Who may not list is not told that there is nothing.
  if (!call.may('s3:ListBucket')) throw new S3Error('AccessDenied', 'Access Denied')
  throw new S3Error('NoSuchKey', 'The specified key does not exist.', {
    more: { Key: key },
    headers: headers ?? {},
  })
}

/** First and last byte of the one range that is asked for; null: all. Several ranges are answered with all. */
const rangeOf = (range: string | undefined, bytes: number): { start: number; end: number } | null => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(bytes - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && first !== '' && Number(last) < start) return null
  if (start >= bytes) {
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
      more: { RangeRequested: range ?? '', ActualObjectSize: String(bytes) },
      headers: { 'content-range': `bytes */${bytes}` },
    })
  }
  return { start, end }
}

/** What a presigned link says that the answer's headers shall be. */
const overrides = ({ request }: Call): Record<string, string> =>
  Object.fromEntries(
    [
      'content-type',
      'content-language',
      'expires',
      'cache-control',
      'content-disposition',
      'content-encoding',
    ].flatMap((name) => {
      const value = parameter(request, `response-${name}`)
      return value === undefined ? [] : [[name, value]]
    }),
  )

const read = (call: Call, withBody: boolean): Reply => {
  const { request, index, blobs } = call
  const version = versionOf(call)
  checkMayRead(call, version)
  const range = rangeOf(request.message.headers.range, version.bytes)
  const { start, end } = range ?? { start: 0, end: version.bytes - 1 }
  // Of a part of the content, the checksum of all of it says nothing.
  const checksum =
    header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && range === null
      ? version.checksum
      : null
  return {
    status: range === null ? 200 : 206,
    headers: {
      ...version.headers,
      ...overrides(call),
      ...lockHeaders(call, version),
      ...versionHeader(bucketOf(call), version.versionId),
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${version.bytes}` }),
      ...(checksum === null
        ? {}
        : {
            'x-amz-checksum-sha256': checksum,
            'x-amz-checksum-type': checksum.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT',
          }),
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      'last-modified': new Date(version.modified).toUTCString(),
      etag: version.etag,
    },
    ...(withBody ? { body: blobs.read(segmentsOf(index, version.seq), start, end) } : {}),
  }
}

const action = ({ request }: Call) =>
  parameter(request, 'versionId') === undefined ? ('s3:GetObject' as const) : ('s3:GetObjectVersion' as const)

export const getObject: Operation = { name: 'GetObject', action, run: (call) => read(call, true) }

export const headObject: Operation = { name: 'HeadObject', action, run: (call) => read(call, false) }
