import type { S3Client } from '@aws-sdk/client-s3'
import { newestFirst, versionsOf } from './object-listing.ts'

export type ObjectVersion = {
  /** Null: the bucket keeps none. */
  version: string | null
  bytes: number
  modified: Date | null
  isNewest: boolean
  isDeletion: boolean
}

/** What keeps a version from being deleted. */
export type ObjectLock = {
  legalHold: boolean
  mode: 'GOVERNANCE' | 'COMPLIANCE' | null
  until: Date | null
}

/** Versions of one object that are told of at most. */
const most = 1000

/** What servers say of a bucket without Object Lock. */
const noLock = /^(InvalidRequest|ObjectLockConfigurationNotFoundError|NotImplemented|MethodNotAllowed)$/
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

/** Calls that ask for versions of an object, and for what keeps one of them. */
export const createObjectVersions = (context: {
  s3: typeof import('@aws-sdk/client-s3')
  client: S3Client
  Bucket: string
  call: <Value>(doing: string, signal: AbortSignal, work: () => Promise<Value>) => Promise<Value>
}) => {
  const { s3, client, Bucket, call } = context
  const target = ({ key, version }: { key: string; version: string | null }) => ({
    Bucket,
    Key: key,
    ...(version !== null && { VersionId: version }),
  })

  return {
    /** The newest first; none when nothing was ever there. */
    listVersions: (key: string, signal: AbortSignal): Promise<ObjectVersion[]> =>
      call('list the versions of the object', signal, async () => {
        const page = await client.send(
          new s3.ListObjectVersionsCommand({ Bucket, Prefix: key, MaxKeys: most }),
          { abortSignal: signal },
        )
        return (versionsOf(page).get(key) ?? []).sort(newestFirst)
      }),

    /** Null: the bucket has no Object Lock. */
    lockOf: (
      object: { key: string; version: string | null },
      signal: AbortSignal,
    ): Promise<ObjectLock | null> =>
      call('look at what keeps the object', signal, async () => {
        /** Null without Object Lock, undefined where nothing was ever set. */
        const orNone = async <Answer>(answer: Promise<Answer>): Promise<Answer | null | undefined> => {
          try {
            return await answer
          } catch (error) {
            if (nameOf(error) === 'NoSuchObjectLockConfiguration') return undefined
            if (noLock.test(nameOf(error))) return null
            throw error
          }
        }
        const options = { abortSignal: signal }
        const hold = await orNone(client.send(new s3.GetObjectLegalHoldCommand(target(object)), options))
        if (hold === null) return null
        const kept = await orNone(client.send(new s3.GetObjectRetentionCommand(target(object)), options))
        return {
          legalHold: hold?.LegalHold?.Status === 'ON',
          mode: kept?.Retention?.Mode ?? null,
          until: kept?.Retention?.RetainUntilDate ?? null,
        }
      }),

    /** False: the bucket has no Object Lock. */
    putLegalHold: (
      object: { key: string; version: string | null },
      on: boolean,
      signal: AbortSignal,
    ): Promise<boolean> =>
      call(on ? 'hold the object' : 'release the object', signal, async () => {
        try {
          await client.send(
            new s3.PutObjectLegalHoldCommand({
              ...target(object),
              LegalHold: { Status: on ? 'ON' : 'OFF' },
              ChecksumAlgorithm: 'SHA256',
            }),
            { abortSignal: signal },
          )
          return true
        } catch (error) {
          if (noLock.test(nameOf(error))) return false
          throw error
        }
      }),
  }
}
