import type { StorageSettings } from '../../shared/storage.ts'
import { connectStorage } from './connect.ts'
import { insist } from './insist.ts'
import { storageError } from './storage-errors.ts'

/** Small texts in a bucket with Object Lock, which nobody takes away or replaces before their time. */
export type LockedObjects = {
  /** Puts a text that stays for so many days: in compliance mode, for the root of the account as well. */
  put(key: string, text: string, days: number, signal: AbortSignal): Promise<void>
  /** Keys below a prefix that were ever put: a deletion hides an object, but its locked version is still there. */
  keys(below: string, signal: AbortSignal): Promise<string[]>
}

const day = 86_400_000

/** Connects for one piece of work. Fails with `ConsoleError`. */
export const withLockedObjects = async <Value>(
  settings: StorageSettings,
  secret: string | null,
  work: (objects: LockedObjects) => Promise<Value>,
): Promise<Value> => {
  const link = await connectStorage(settings, secret)
  const { ListObjectVersionsCommand, PutObjectCommand } = await import('@aws-sdk/client-s3')
  const { client } = link
  const { bucket: Bucket } = settings
  const ask = <Answer>(doing: string, signal: AbortSignal, call: () => Promise<Answer>): Promise<Answer> =>
    insist(
      () =>
        call().catch((error: unknown) => {
          throw storageError(error, doing, signal)
        }),
      signal,
    )
  try {
    return await work({
      put: async (key, text, days, signal) => {
        await ask('publish the seal', signal, () =>
          client.send(
            new PutObjectCommand({
              Bucket,
              Key: key,
              Body: text,
              ContentType: 'application/json',
              // A lock needs a sum of the content, which the server checks.
              ChecksumAlgorithm: 'SHA256',
              ObjectLockMode: 'COMPLIANCE',
              ObjectLockRetainUntilDate: new Date(Date.now() + days * day),
            }),
            { abortSignal: signal },
          ),
        )
      },
      async keys(below, signal) {
        const found = new Set<string>()
        let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
        for (;;) {
          const page = await ask('list the published seals', signal, () =>
            client.send(new ListObjectVersionsCommand({ Bucket, Prefix: below, ...markers }), {
              abortSignal: signal,
            }),
          )
          for (const { Key } of page.Versions ?? []) if (Key !== undefined) found.add(Key)
          if (!page.IsTruncated || page.NextKeyMarker === undefined) return [...found]
          markers = {
            KeyMarker: page.NextKeyMarker,
            ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
          }
        }
      },
    })
  } finally {
    link.close()
  }
}
