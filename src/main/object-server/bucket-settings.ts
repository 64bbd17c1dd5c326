import { receiveText } from './body.ts'
import { type Bucket, changeBucket, type DefaultRetention } from './buckets.ts'
import { bucketOf, type Call, type Operation, xmlReply } from './operation.ts'
import type { Action } from './options.ts'
import { S3Error } from './s3-error.ts'
import { childOf, readXml, textOf, type XmlElement } from './xml.ts'

/** An operation that reads a document and changes a setting of the bucket. */
const put = (
  name: string,
  action: Action,
  change: (bucket: Bucket, wanted: XmlElement) => Partial<Bucket>,
): Operation => ({
  name,
  action,
  async run(call) {
    const wanted = readXml(await receiveText(call.request, call.payload))
    const bucket = bucketOf(call)
    changeBucket(call.index, { ...bucket, ...change(bucket, wanted) })
    return {}
  },
})

const get = (
  name: string,
  action: Action,
  run: (bucket: Bucket, call: Call) => ReturnType<typeof xmlReply>,
): Operation => ({
  name,
  action,
  run: (call) => run(bucketOf(call), call),
})

export const getVersioning = get('GetBucketVersioning', 's3:GetBucketVersioning', ({ versioning }) =>
  xmlReply('VersioningConfiguration', { Status: versioning === '' ? undefined : versioning }),
)

export const putVersioning = put(
  'PutBucketVersioning',
  's3:PutBucketVersioning',
  ({ objectLock }, wanted) => {
    const versioning = textOf(wanted, 'Status')
    if (versioning !== 'Enabled' && versioning !== 'Suspended') {
      throw new S3Error('MalformedXML', 'The versioning status is Enabled or Suspended')
    }
    if (objectLock !== undefined && versioning === 'Suspended') {
      throw new S3Error(
        'InvalidBucketState',
        'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
      )
    }
    return { versioning }
  },
)

export const getObjectLock = get(
  'GetObjectLockConfiguration',
  's3:GetBucketObjectLockConfiguration',
  ({ objectLock }) => {
    if (objectLock === undefined) {
      throw new S3Error(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
      )
    }
    const rule =
      objectLock === null
        ? undefined
        : { DefaultRetention: { Mode: objectLock.mode, Days: objectLock.days, Years: objectLock.years } }
    return xmlReply('ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled', Rule: rule })
  },
)

const readDefaultRetention = (rule: XmlElement | undefined): DefaultRetention => {
  const retention = childOf(rule, 'DefaultRetention')
  if (retention === undefined) return null
  const mode = textOf(retention, 'Mode')
  const [days, years] = ['Days', 'Years'].map((unit) => textOf(retention, unit))
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || (days === undefined) === (years === undefined)) {
    throw new S3Error('MalformedXML', 'A default retention has a mode and either days or years')
  }
  return days === undefined ? { mode, years: Number(years) } : { mode, days: Number(days) }
}

export const putObjectLock = put(
  'PutObjectLockConfiguration',
  's3:PutBucketObjectLockConfiguration',
  ({ versioning }, wanted) => {
    if (versioning !== 'Enabled') {
      throw new S3Error(
        'InvalidBucketState',
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      )
    }
    return { objectLock: readDefaultRetention(childOf(wanted, 'Rule')) }
  },
)

export const getEncryption = get('GetBucketEncryption', 's3:GetEncryptionConfiguration', ({ encryption }) => {
  if (encryption === null) {
    throw new S3Error(
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
    )
  }
  return xmlReply('ServerSideEncryptionConfiguration', {
    Rule: {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: encryption.algorithm,
        KMSMasterKeyID: encryption.key,
      },
    },
  })
})

export const putEncryption = put('PutBucketEncryption', 's3:PutEncryptionConfiguration', (_, wanted) => {
  const byDefault = childOf(childOf(wanted, 'Rule'), 'ApplyServerSideEncryptionByDefault')
  const algorithm = textOf(byDefault, 'SSEAlgorithm')
  const key = textOf(byDefault, 'KMSMasterKeyID')
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new S3Error('MalformedXML', 'The algorithm of encryption is AES256 or aws:kms')
  }
  return { encryption: key === undefined ? { algorithm } : { algorithm, key } }
})

const blocks = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']

export const getPublicAccessBlock = get(
  'GetPublicAccessBlock',
  's3:GetBucketPublicAccessBlock',
  ({ publicAccessBlock }) => {
    if (publicAccessBlock === null) {
      throw new S3Error(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
      )
    }
    return xmlReply('PublicAccessBlockConfiguration', publicAccessBlock)
  },
)

export const putPublicAccessBlock = put(
  'PutPublicAccessBlock',
  's3:PutBucketPublicAccessBlock',
  (_, wanted) => ({
    publicAccessBlock: Object.fromEntries(blocks.map((name) => [name, textOf(wanted, name) === 'true'])),
  }),
)

export const getPolicyStatus = get('GetBucketPolicyStatus', 's3:GetBucketPolicyStatus', (_, { switches }) => {
  if (switches.isPublic === undefined) {
    throw new S3Error('NoSuchBucketPolicy', 'The bucket policy does not exist')
  }
  return xmlReply('PolicyStatus', { IsPublic: switches.isPublic })
})
