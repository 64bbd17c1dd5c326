import { bucketOf, type Call, keyOf } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header } from './s3-request.ts'
import { latestVersion, type Version } from './versions.ts'

const failed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    more: { Condition: condition },
  })

/** Whether an object may be made here: `If-None-Match: *` forbids to replace one. Asked again when the bytes are there. */
export const checkMayMake = (call: Call): void => {
  const condition = header(call.request, 'if-none-match')
  if (condition === undefined) return
  if (condition !== '*') throw new S3Error('NotImplemented', 'If-None-Match of a new object can only be *.')
  const latest = latestVersion(call.index, bucketOf(call).name, keyOf(call))
  if (latest !== undefined && !latest.deleteMarker) throw failed('If-None-Match')
}

/** Whether this version is what the reader asks for. */
export const checkMayRead = ({ request }: Call, version: Version): void => {
  const named = (condition: string) =>
    condition.split(',').some((one) => ['*', version.etag].includes(one.trim()))
  const match = header(request, 'if-match')
  if (match !== undefined && !named(match)) throw failed('If-Match')
  const noneMatch = header(request, 'if-none-match')
  if (noneMatch !== undefined && named(noneMatch)) {
    throw new S3Error('NotModified', 'Not Modified', { headers: { etag: version.etag } })
  }
}
