import { createHash, randomUUID } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import type { Bucket } from './bucket.ts'
import type { DiagnosisLog } from './diagnosis-log.ts'
import { type NewObject, openStorage, type Storage, type StoredObject } from './storage.ts'
import { isDenied } from './storage-errors.ts'

/** What a test left in the bucket, to be removed. */
export type Probe = {
  key: string
  /** Versions that were made; null where the bucket has none. */
  versions: (string | null)[]
  /** Whether a legal hold was set and not released. */
  held: boolean
  /** Of an upload that was begun and not aborted. */
  uploadId: string | null
  /** As the server told it. */
  stored: StoredObject | null
}

export const newProbe = ({ prefix }: StorageSettings): Probe => ({
  key: `${prefix}.viruj-console/probe-${randomUUID()}`,
  versions: [],
  held: false,
  uploadId: null,
  stored: null,
})

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex')
const nothing = () => undefined

/** Sends an empty object, and keeps what came of it. */
const send = async (storage: Storage, probe: Probe, hash: string, limited: AbortSignal): Promise<void> => {
  const object: NewObject = {
    key: probe.key,
    bytes: 0,
    contentType: 'application/octet-stream',
    sha256: hash,
  }
  const { version } = await storage.putObject(object, [], limited, nothing)
  probe.versions.push(version)
}

/** A refusal that would have been none had the object asked to be encrypted. */
const wantsEncryption = async (
  settings: StorageSettings,
  secret: string | null,
  probe: Probe,
  limited: AbortSignal,
): Promise<boolean> => {
  const asking = await openStorage({ ...settings, encryption: 'AES256' }, secret)
  try {
    await send(asking, probe, sha256(''), limited)
    return true
  } catch (error) {
    if (!(error instanceof ConsoleError) || error.code === 'CANCELLED') throw error
    return false
  } finally {
    asking.close()
  }
}

/** All that the console does with objects, each as the console itself does it, on an empty object of the test's own. */
export const diagnoseAccess = async (
  { take }: DiagnosisLog,
  storage: Storage,
  secret: string | null,
  probe: Probe,
): Promise<void> => {
  const { settings } = storage
  const onBucket = `on arn:aws:s3:::${settings.bucket}`
  const onObjects = `${onBucket}/${settings.prefix}*`
  const put = await take(
    'put',
    async (limited) => {
      try {
        await send(storage, probe, sha256(''), limited)
      } catch (error) {
        if (!(error instanceof ConsoleError) || !isDenied(error) || settings.encryption !== 'bucket')
          throw error
        if (!(await wantsEncryption(settings, secret, probe, limited))) throw error
        throw new ConsoleError(
          'STORAGE_REFUSED',
          'The policy of the bucket refuses objects that do not ask to be encrypted.',
          'Choose AES256 or a KMS key as encryption of this storage.',
        )
      }
      return { seen: `It may store objects: ${probe.key} is there.` }
    },
    `s3:PutObject ${onObjects}`,
  )
  if (put) {
    await diagnoseReading(take, storage, probe, onObjects)
    await diagnoseHistory(take, storage, probe, { onBucket, onObjects })
  }
  await diagnoseParts(take, storage, probe, { onBucket, onObjects })
}

const diagnoseReading = async (
  take: DiagnosisLog['take'],
  storage: Storage,
  probe: Probe,
  onObjects: string,
): Promise<void> => {
  const [version = null] = probe.versions
  const needs = `s3:GetObject${version === null ? '' : ' and s3:GetObjectVersion'} ${onObjects}`
  await take(
    'head',
    async (limited) => {
      probe.stored = await storage.head({ key: probe.key, version }, limited)
      if (probe.stored !== null) return { seen: 'It may look at objects, and finds the one just stored.' }
      throw new ConsoleError(
        'STORAGE_REFUSED',
        'The object that was just stored is not there.',
        'Look whether something removes objects at once, or whether two servers answer for this endpoint.',
      )
    },
    needs,
  )
  await take(
    'get',
    async (limited) => {
      let bytes = 0
      for await (const chunk of await storage.read({ key: probe.key, version }, limited))
        bytes += chunk.length
      if (bytes === 0) return { seen: 'It may read objects: what was stored comes back.' }
      throw new ConsoleError(
        'CHECKSUM_MISMATCH',
        `The object that was stored empty comes back with ${bytes} bytes.`,
        'Look for what stands between here and the storage and changes what passes.',
      )
    },
    needs,
  )
  const { stored } = probe
  if (stored !== null) {
    await take('checksum', async (limited) => {
      try {
        await send(storage, probe, sha256('other content'), limited)
      } catch (error) {
        if (!(error instanceof ConsoleError) || error.code === 'CANCELLED') throw error
        if (stored.checksum !== null)
          return { seen: 'The storage checks the SHA-256 of what it takes, and keeps it.' }
        return {
          seen: 'The storage checks the SHA-256 of what it takes, but does not keep it.',
          warning: readBack,
        }
      }
      return stored.checksum === null
        ? { seen: 'The storage knows no SHA-256.', warning: readBack }
        : {
            seen: 'The storage keeps the SHA-256 that it is told, and does not check it.',
            warning: 'Verify the documents after each upload: a damaged one would go unnoticed.',
          }
    })
  }
}

/** Versions, and what keeps one of them: as the detail of a document shows them. */
const diagnoseHistory = async (
  take: DiagnosisLog['take'],
  storage: Storage,
  probe: Probe,
  { onBucket, onObjects }: { onBucket: string; onObjects: string },
): Promise<void> => {
  const object = { key: probe.key, version: probe.versions[0] ?? null }
  await take(
    'history',
    async (limited) => {
      await storage.listVersions(probe.key, limited)
      return { seen: 'It may list the versions of an object.' }
    },
    `s3:ListBucketVersions ${onBucket}`,
  )
  await take(
    'hold',
    async (limited) => {
      await storage.lockOf(object, limited)
      probe.held = true
      const lockable = await storage.putLegalHold(object, true, limited)
      if (lockable) await storage.putLegalHold(object, false, limited)
      probe.held = false
      return {
        seen: lockable
          ? 'It may set and release a legal hold.'
          : 'Without Object Lock a legal hold is kept in the database alone.',
      }
    },
    `s3:PutObjectLegalHold, s3:GetObjectLegalHold and s3:GetObjectRetention ${onObjects}`,
  )
}

const readBack =
  'Nothing has to be done: each document is read back after it was sent, which takes as long again.'

const diagnoseParts = async (
  take: DiagnosisLog['take'],
  storage: Storage,
  probe: Probe,
  { onBucket, onObjects }: { onBucket: string; onObjects: string },
): Promise<void> => {
  const { key } = probe
  const begun = await take(
    'multipart',
    async (limited) => {
      const uploadId = await storage.createUpload({ key, contentType: 'application/octet-stream' }, limited)
      probe.uploadId = uploadId
      const part = { number: 1, sha256: sha256('1'), bytes: 1, chunks: [Buffer.from('1')] }
      await storage.putPart({ key, uploadId }, part, limited, nothing)
      return { seen: 'It may upload in parts, as is done above 64 MiB.' }
    },
    `s3:PutObject ${onObjects}`,
  )
  const { uploadId } = probe
  if (uploadId === null) return
  const upload = { key, uploadId }
  if (begun) {
    await take(
      'parts',
      async (limited) => {
        const parts = await storage.listParts(upload, limited)
        if (parts?.length !== 1) {
          throw new ConsoleError(
            'STORAGE_REFUSED',
            'The part that was just stored is not listed.',
            'Uploads that break off begin anew with this storage.',
          )
        }
        return parts[0]?.checksum == null
          ? { seen: 'It may list the parts of an upload, without their SHA-256.', warning: sentAgain }
          : { seen: 'It may list the parts of an upload: one that breaks off goes on where it was.' }
      },
      `s3:ListMultipartUploadParts ${onObjects}`,
    )
    await take(
      'unfinished',
      async (limited) => {
        let others = 0
        for await (const uploads of storage.listUploads(storage.settings.prefix, limited)) {
          others += uploads.filter((one) => one.uploadId !== uploadId).length
        }
        return {
          seen: `It may list unfinished uploads: ${others === 0 ? 'there are none' : others} but the test's.`,
        }
      },
      `s3:ListBucketMultipartUploads ${onBucket}`,
    )
  }
  await take(
    'abort',
    async (limited) => {
      await storage.abortUpload(upload, limited)
      probe.uploadId = null
      return { seen: 'It may abort uploads: the test left none.' }
    },
    `s3:AbortMultipartUpload ${onObjects}; an unfinished upload of one byte is left at ${key}`,
  )
}

const sentAgain = 'Nothing has to be done: after a break, parts are sent again.'

/** The console deletes no document, so a refusal is as good as it gets. */
export const removeProbe = async ({ take }: DiagnosisLog, bucket: Bucket, probe: Probe): Promise<void> => {
  if (probe.versions.length === 0) return
  await take('delete', async (limited) => {
    try {
      while (probe.versions.length > 0) {
        await bucket.remove(probe.key, probe.versions[0] ?? null, limited)
        probe.versions.shift()
      }
    } catch (error) {
      if (!(error instanceof ConsoleError) || error.code === 'CANCELLED') throw error
      return {
        seen: `The empty object of this test stays: ${probe.key}. Deleting is refused, and the console needs it nowhere else.`,
      }
    }
    return { seen: 'The object of this test was removed. The console deletes nothing else.' }
  })
}

/** After a test that was broken off: what can be removed, is. */
export const sweepProbe = async (storage: Storage, bucket: Bucket, probe: Probe): Promise<void> => {
  const soon = AbortSignal.timeout(5000)
  const { key, held, uploadId, versions } = probe
  const [version = null] = versions
  if (held) await storage.putLegalHold({ key, version }, false, soon).catch(() => false)
  await Promise.allSettled([
    ...(uploadId === null ? [] : [storage.abortUpload({ key, uploadId }, soon)]),
    ...versions.map((version) => bucket.remove(key, version, soon)),
  ])
}
