import type { ConsoleError } from '../../shared/errors.ts'
import type { StorageLink } from './connect.ts'
import { storageError } from './storage-errors.ts'

/** A setting of the bucket: as it is, null where nobody set it, or why it is not told. */
export type Told<Value> = { value: Value | null } | { untold: ConsoleError }

/** Codes with which servers say that a setting was never made. */
const unset = new Set([
  'ServerSideEncryptionConfigurationNotFoundError',
  'ObjectLockConfigurationNotFoundError',
  'NoSuchObjectLockConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
])

/** What is told of a bucket as a whole. Only the test of a storage asks for it. */
export const openBucket = async ({ client }: StorageLink, name: string) => {
  const s3 = await import('@aws-sdk/client-s3')
  const Bucket = name

  const told = async <Value>(
    doing: string,
    signal: AbortSignal,
    read: () => Promise<Value | null>,
  ): Promise<Told<Value>> => {
    try {
      return { value: await read() }
    } catch (thrown) {
      const error = storageError(thrown, doing, signal)
      if (error.code === 'CANCELLED' || error.code === 'STORAGE_UNREACHABLE') throw error
      return unset.has(error.detail ?? '') ? { value: null } : { untold: error }
    }
  }

  return {
    region: (signal: AbortSignal) =>
      told('tell the region', signal, async () => {
        const { BucketRegion } = await client.send(new s3.HeadBucketCommand({ Bucket }), {
          abortSignal: signal,
        })
        return BucketRegion ?? null
      }),

    encryption: (signal: AbortSignal) =>
      told('tell its encryption', signal, async () => {
        const { ServerSideEncryptionConfiguration } = await client.send(
          new s3.GetBucketEncryptionCommand({ Bucket }),
          { abortSignal: signal },
        )
        const [rule] = ServerSideEncryptionConfiguration?.Rules ?? []
        return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null
      }),

    /** `Enabled` or `Suspended`. */
    versioning: (signal: AbortSignal) =>
      told('tell whether it keeps versions', signal, async () => {
        const { Status } = await client.send(new s3.GetBucketVersioningCommand({ Bucket }), {
          abortSignal: signal,
        })
        return Status ?? null
      }),

    /** The default retention in words, empty where there is none. */
    objectLock: (signal: AbortSignal) =>
      told('tell its Object Lock', signal, async () => {
        const { ObjectLockConfiguration } = await client.send(
          new s3.GetObjectLockConfigurationCommand({ Bucket }),
          { abortSignal: signal },
        )
        if (ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') return null
        const retention = ObjectLockConfiguration.Rule?.DefaultRetention
        if (retention?.Mode === undefined) return ''
        const { Mode, Days, Years } = retention
        return `${Mode}, ${Years === undefined ? `${Days} days` : `${Years} years`}`
      }),

    /** Names of the blocks that are off. */
    openBlocks: (signal: AbortSignal) =>
      told('tell its public access blocks', signal, async () => {
        const { PublicAccessBlockConfiguration: blocks } = await client.send(
          new s3.GetPublicAccessBlockCommand({ Bucket }),
          { abortSignal: signal },
        )
        return (
          ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const
        ).filter((name) => blocks?.[name] !== true)
      }),

    policyIsPublic: (signal: AbortSignal) =>
      told('tell whether its policy is public', signal, async () => {
        const { PolicyStatus } = await client.send(new s3.GetBucketPolicyStatusCommand({ Bucket }), {
          abortSignal: signal,
        })
        return PolicyStatus?.IsPublic ?? false
      }),

    /** Removes one version of an object; the object where there are none. */
    async remove(Key: string, version: string | null, signal: AbortSignal): Promise<void> {
      try {
        await client.send(
          new s3.DeleteObjectCommand({ Bucket, Key, ...(version !== null && { VersionId: version }) }),
          { abortSignal: signal },
        )
      } catch (error) {
        throw storageError(error, 'remove the probe', signal)
      }
    },
  }
}

export type Bucket = Awaited<ReturnType<typeof openBucket>>
