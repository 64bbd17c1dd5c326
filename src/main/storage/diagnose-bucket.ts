import type { SecureContext } from 'node:tls'
import { ConsoleError } from '../../shared/errors.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import { askAnonymously } from './anonymous.ts'
import type { Bucket } from './bucket.ts'
import type { DiagnosisLog, Found } from './diagnosis-log.ts'
import type { StoredObject } from './storage.ts'
import { isDenied, notReached } from './storage-errors.ts'

/** A setting that is not told: what to allow, or that this server has nothing to tell. */
const untoldRemedy = (error: ConsoleError, action: string, otherwise: string): string =>
  isDenied(error) ? `Allow ${action}, or ${otherwise}` : `This server does not tell: ${otherwise}`

const titles: Record<string, string> = {
  AES256: 'AES256',
  'aws:kms': 'a KMS key',
  'aws:kms:dsse': 'a KMS key, twice',
}

const encryptionOf = async (
  settings: StorageSettings,
  bucket: Bucket,
  stored: StoredObject | null,
  limited: AbortSignal,
): Promise<Found> => {
  const { encryption: wanted } = settings
  const told = await bucket.encryption(limited)
  const byDefault = 'value' in told ? told.value : null
  const got = stored?.encryption ?? null
  if (wanted !== 'bucket' && stored !== null) {
    if (got === wanted) return { seen: `Objects are encrypted with ${titles[got] ?? got}, as is asked for.` }
    throw new ConsoleError(
      'STORAGE_REFUSED',
      `Encryption with ${titles[wanted]} is asked for; the storage says ${got === null ? 'of none' : `"${got}"`}.`,
      'Choose the encryption that this storage has, or set it up there.',
    )
  }
  const known = got ?? byDefault
  if (known !== null) return { seen: `The bucket encrypts with ${titles[known] ?? known} by itself.` }
  return 'untold' in told
    ? {
        seen: 'Whether objects are encrypted where they lie is not told.',
        warning: untoldRemedy(told.untold, 's3:GetEncryptionConfiguration', 'look there yourself.'),
      }
    : {
        seen: 'The bucket encrypts nothing by itself.',
        warning: 'Choose AES256 or a KMS key here, or set a default encryption of the bucket.',
      }
}

const versionsOf = async (
  bucket: Bucket,
  stored: StoredObject | null,
  limited: AbortSignal,
): Promise<Found> => {
  const told = await bucket.versioning(limited)
  const enabled = { seen: 'The bucket keeps versions: what is overwritten or deleted can be had back.' }
  if ('untold' in told) {
    return stored?.version == null
      ? {
          seen: 'Whether the bucket keeps versions is not told.',
          warning: untoldRemedy(told.untold, 's3:GetBucketVersioning', 'see to it that versioning is on.'),
        }
      : enabled
  }
  if (told.value === 'Enabled') return enabled
  return {
    seen: told.value === null ? 'The bucket keeps no versions.' : 'Versioning of the bucket is suspended.',
    warning: 'Switch versioning on: without it, an overwritten or deleted document is gone for good.',
  }
}

const lockOf = async (settings: StorageSettings, bucket: Bucket, limited: AbortSignal): Promise<Found> => {
  const told = await bucket.objectLock(limited)
  if ('untold' in told) {
    return {
      seen: 'Whether Object Lock is on is not told.',
      warning: untoldRemedy(
        told.untold,
        's3:GetBucketObjectLockConfiguration',
        'without Object Lock, who may delete can delete records before their time.',
      ),
    }
  }
  if (told.value === null) {
    if (settings.anchorDays !== null) {
      throw new ConsoleError(
        'STORAGE_REFUSED',
        'Object Lock is off, and seals of the audit trail are to be kept here.',
        'Switch Object Lock on, or let the seals be kept elsewhere.',
      )
    }
    return {
      seen: 'Object Lock is off.',
      warning:
        'Switch it on where records must be kept: without it, who may delete can delete them before their time.',
    }
  }
  return {
    seen:
      told.value === ''
        ? 'Object Lock is on, without a default retention.'
        : `Object Lock is on, and keeps new objects by default (${told.value}).`,
  }
}

const exposed = (what: string) =>
  new ConsoleError(
    'STORAGE_REFUSED',
    `The bucket is public: ${what}.`,
    'Switch all four public access blocks on, and take "Principal": "*" out of the policy of the bucket.',
  )

/** Tries as everybody can, then reads what the bucket says of itself: a block that is off is an accident in waiting. */
const publicAccessOf = async (
  bucket: Bucket,
  { address, context, key }: { address: URL; context: SecureContext | null; key: string | null },
  limited: AbortSignal,
): Promise<Found> => {
  const openTo = async (url: URL): Promise<boolean> => {
    try {
      const { status } = await askAnonymously(url, 'GET', context, limited)
      return status >= 200 && status < 300
    } catch (error) {
      limited.throwIfAborted()
      throw notReached(error, 'ask without a key')
    }
  }
  const listing = new URL(address)
  listing.search = '?list-type=2&max-keys=1'
  if (await openTo(listing)) throw exposed('everybody can list it')
  if (key !== null) {
    const object = new URL(address)
    object.pathname = `${address.pathname.replace(/\/$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`
    if (await openTo(object)) throw exposed('everybody can read the object of this test')
  }
  const status = await bucket.policyIsPublic(limited)
  if ('value' in status && status.value === true) throw exposed('its policy lets everybody in')
  const blocks = await bucket.openBlocks(limited)
  const closed = 'Without a key nothing can be listed or read.'
  if ('untold' in blocks) {
    return isDenied(blocks.untold)
      ? {
          seen: `${closed} Whether the public access blocks are on is not told.`,
          warning:
            'Allow s3:GetBucketPublicAccessBlock and s3:GetBucketPolicyStatus, or look there yourself.',
        }
      : { seen: `${closed} This server has no public access blocks.` }
  }
  const open = blocks.value ?? ['all four']
  return open.length === 0
    ? { seen: `${closed} All four public access blocks are on.` }
    : {
        seen: `${closed} Public access blocks that are off: ${open.join(', ')}.`,
        warning: 'Switch all four on: a policy made by mistake then opens nothing.',
      }
}

/** What the bucket does by itself, and whom it lets in. */
export const diagnoseBucket = async (
  { take }: DiagnosisLog,
  settings: StorageSettings,
  bucket: Bucket,
  stored: StoredObject | null,
  everybody: { address: URL; context: SecureContext | null; key: string | null },
): Promise<void> => {
  await take('encryption', (limited) => encryptionOf(settings, bucket, stored, limited))
  await take('versions', (limited) => versionsOf(bucket, stored, limited))
  await take('lock', (limited) => lockOf(settings, bucket, limited))
  await take('public', (limited) => publicAccessOf(bucket, everybody, limited))
}
