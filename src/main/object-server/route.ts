import * as bucket from './bucket-operations.ts'
import * as settings from './bucket-settings.ts'
import { completeUpload } from './complete-upload.ts'
import { copyObject } from './copy-object.ts'
import { createUpload } from './create-upload.ts'
import { deleteObject, deleteObjects } from './delete-object.ts'
import { getObject, headObject } from './get-object.ts'
import { listObjects } from './list-objects.ts'
import { abortUpload, listParts, listUploads } from './list-uploads.ts'
import { listVersions } from './list-versions.ts'
import * as lock from './lock-operations.ts'
import type { Operation } from './operation.ts'
import { putObject } from './put-object.ts'
import { S3Error } from './s3-error.ts'
import { header, parameter, type S3Request } from './s3-request.ts'
import { uploadPart } from './upload-part.ts'

/** By method and the parameter of the query that S3 tells operations apart with; `''` where there is none. */
type Table = Record<string, Record<string, Operation>>

const onBucket: Table = {
  GET: {
    '': listObjects,
    location: bucket.getLocation,
    versioning: settings.getVersioning,
    versions: listVersions,
    uploads: listUploads,
    encryption: settings.getEncryption,
    publicAccessBlock: settings.getPublicAccessBlock,
    policyStatus: settings.getPolicyStatus,
    'object-lock': settings.getObjectLock,
  },
  HEAD: { '': bucket.headBucket },
  POST: { delete: deleteObjects },
  PUT: {
    '': bucket.createBucket,
    versioning: settings.putVersioning,
    encryption: settings.putEncryption,
    publicAccessBlock: settings.putPublicAccessBlock,
    'object-lock': settings.putObjectLock,
  },
  DELETE: { '': bucket.deleteBucket },
}

const onObject: Table = {
  GET: { '': getObject, uploadId: listParts, retention: lock.getRetention, 'legal-hold': lock.getLegalHold },
  HEAD: { '': headObject },
  POST: { uploads: createUpload, uploadId: completeUpload },
  PUT: { '': putObject, uploadId: uploadPart, retention: lock.putRetention, 'legal-hold': lock.putLegalHold },
  DELETE: { '': deleteObject, uploadId: abortUpload },
}

/** Parameters that choose an operation in S3. Those that this server lacks must not be taken for the plain one. */
const choosing = [
  ...new Set(
    [onBucket, onObject].flatMap((table) => Object.values(table).flatMap((row) => Object.keys(row))),
  ),
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'intelligent-tiering',
  'inventory',
  'lifecycle',
  'logging',
  'metrics',
  'notification',
  'ownershipControls',
  'policy',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'select',
  'tagging',
  'torrent',
  'website',
].filter((name) => name !== '')

/** @throws S3Error NotImplemented, MethodNotAllowed */
export const routeOf = (request: S3Request): Operation => {
  const { method } = request
  if (request.bucket === null) {
    if (method === 'GET') return bucket.listAllBuckets
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.')
  }
  const chosen = choosing.find((name) => parameter(request, name) !== undefined) ?? ''
  const found = (request.key === null ? onBucket : onObject)[method]?.[chosen]
  const copies = header(request, 'x-amz-copy-source') !== undefined
  if (found === putObject && copies) return copyObject
  const unlisted = found === listObjects && parameter(request, 'list-type') !== '2'
  if (found !== undefined && !unlisted && !(copies && found === uploadPart)) return found
  throw new S3Error('NotImplemented', `This server does not implement ${method} ${chosen || 'here'}.`)
}
