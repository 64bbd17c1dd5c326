import type { ConsoleError } from '../../shared/errors.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import type { StorageDiagnosis } from '../../shared/storage-diagnosis.ts'
import { loadAuthorities } from '../session/tls.ts'
import { bucketAddress } from './address.ts'
import { openBucket } from './bucket.ts'
import { connectStorage, type StorageLink } from './connect.ts'
import { diagnoseAccess, newProbe, removeProbe, sweepProbe } from './diagnose-access.ts'
import { diagnoseBucket } from './diagnose-bucket.ts'
import { diagnoseNetwork } from './diagnose-network.ts'
import { type DiagnosisLog, startLog } from './diagnosis-log.ts'
import { type Listed, openStorage } from './storage.ts'
import { isElsewhere, isUnknownKey, storageError } from './storage-errors.ts'

/** Who signs: the public half of the key, and when it ends. */
const signerOf = async ({ client }: StorageLink, limited: AbortSignal): Promise<string> => {
  try {
    const { accessKeyId, sessionToken, expiration } = await client.config.credentials()
    const ends = expiration === undefined ? '' : ` that ends at ${expiration.toISOString()}`
    return `${sessionToken === undefined ? 'key' : 'temporary key'} "${accessKeyId}"${ends}`
  } catch (error) {
    throw storageError(error, 'sign', limited)
  }
}

/** The first page of a listing, or why there is none. */
type Listing = { page: Listed[] } | { refusal: ConsoleError }

const diagnoseWithKey = async (
  log: DiagnosisLog,
  settings: StorageSettings,
  secret: string | null,
): Promise<void> => {
  const { take } = log
  using opened = new DisposableStack()
  const open = async () => {
    const link = opened.adopt(await connectStorage(settings, secret), (one) => one.close())
    const storage = opened.adopt(await openStorage(settings, secret), (one) => one.close())
    return { link, storage, bucket: await openBucket(link, settings.bucket) }
  }
  let parts: Awaited<ReturnType<typeof open>> | undefined
  let listing: Listing | undefined
  await take('credentials', async (limited) => {
    parts = await open()
    const signer = await signerOf(parts.link, limited)
    try {
      const { value } = await parts.storage.list(limited).next()
      listing = { page: value ?? [] }
    } catch (error) {
      const refusal = storageError(error, 'list the objects', limited)
      if (isUnknownKey(refusal) || refusal.code !== 'STORAGE_REFUSED') throw refusal
      listing = { refusal }
    }
    return { seen: `The storage knows the ${signer}.` }
  })
  if (parts === undefined || listing === undefined) return
  const { storage, bucket } = parts
  const known = listing

  const { bucket: name, prefix, caFile } = settings
  const found = await take('bucket', async (limited) => {
    if ('refusal' in known && isElsewhere(known.refusal)) throw known.refusal
    const told = await bucket.region(limited)
    const region = 'value' in told && told.value !== null ? `, in region "${told.value}"` : ''
    return { seen: `There is a bucket "${name}"${region}.` }
  })
  if (!found) return
  await take(
    'list',
    async () => {
      if ('refusal' in known) throw known.refusal
      const { length } = known.page
      const count = length === 0 ? 'none yet' : length === 1000 ? 'a thousand or more' : `${length}`
      return { seen: `It may list objects: ${count}${prefix === '' ? '' : ` below "${prefix}"`}.` }
    },
    `s3:ListBucket on arn:aws:s3:::${name}`,
  )

  const probe = newProbe(settings)
  try {
    await diagnoseAccess(log, storage, secret, probe)
    const { context } = await loadAuthorities({ tlsMode: 'verify-full', caFile })
    const key = probe.versions.length === 0 ? null : probe.key
    await diagnoseBucket(log, settings, bucket, probe.stored, {
      address: bucketAddress(settings),
      context,
      key,
    })
    await removeProbe(log, bucket, probe)
  } catch (error) {
    await sweepProbe(storage, bucket, probe)
    throw error
  }
  await take('cors', async () => ({
    seen: 'Not needed: documents pass through the console, and no browser asks the storage itself.',
  }))
}

/**
 * Tries all that the console does with a bucket, each as the console does it, and says what each step saw. What it stores is one empty
 * object below the prefix, which it removes where it may, and an upload in parts that it aborts. Fails with `CANCELLED` only.
 */
export const diagnoseStorage = async (
  settings: StorageSettings,
  secret: string | null,
  signal: AbortSignal,
): Promise<StorageDiagnosis> => {
  const log = startLog(signal)
  const address = bucketAddress(settings)
  if (await diagnoseNetwork(log, address, settings.caFile)) await diagnoseWithKey(log, settings, secret)
  return { host: address.host, steps: log.steps() }
}
