import { type Profile, type ProfileDraft, profileDraft, type TlsMode } from '../../../shared/profiles.ts'
import { isSentPlain, mediaTypeTitles, type StorageSettings } from '../../../shared/storage.ts'
import { formatBytes } from '../../ui/bytes.tsx'

export const sourceTitles = {
  sandbox: 'Sandbox with sample data',
  environment: 'From DATABASE_URL',
  stored: 'Saved',
} as const satisfies Record<Profile['source'], string>

export const tlsTitles = {
  'verify-full': 'Verify authority and name',
  'verify-ca': 'Verify authority only',
  require: 'Encrypt, verify nothing',
  disable: 'No encryption',
} as const satisfies Record<TlsMode, string>

export const tlsExplanations = {
  'verify-full': 'The certificate must come from a trusted authority and name this host.',
  'verify-ca': 'Any server with a certificate of the same authority could answer for this host.',
  require: 'Open to interception: whoever stands in between can read and change everything.',
  disable: 'Everything, and all that the server answers, can be read on the way.',
} as const satisfies Record<TlsMode, string>

export const storageEncryptionTitles = {
  bucket: 'As the bucket does by itself',
  AES256: 'AES256, with keys of the storage',
  'aws:kms': 'With a KMS key',
} as const satisfies Record<StorageSettings['encryption'], string>

/** `db.example.com:5432`, all hosts of the profile. */
export const placeOf = ({ hosts }: ProfileDraft): string =>
  hosts.map(({ host, port }) => `${host}:${port}`).join(', ')

/** The part of a profile that can be edited. */
export const draftOf = (profile: Profile): ProfileDraft => profileDraft.parse(profile)

/** What a storage is, for the facts of a connection. */
export const storageFactsOf = (storage: StorageSettings, hasSecret: boolean): [string, string][] => {
  const { endpoint, region, bucket, prefix, encryption, credentials, accessKeyId, awsProfile } = storage
  const where = endpoint === null ? 'Amazon S3' : endpoint
  const signer =
    credentials === 'chain'
      ? `as the AWS tools${awsProfile === null ? '' : `, profile "${awsProfile}"`}`
      : `${accessKeyId}, secret key ${hasSecret ? 'saved' : 'missing'}`
  const types = storage.allowedTypes.map((type) => mediaTypeTitles[type] ?? type).join(', ')
  return [
    [
      'Storage',
      `${bucket}/${prefix} at ${where}, ${region}${isSentPlain(endpoint) ? ' · not encrypted' : ''}`,
    ],
    ['Signed with', signer],
    ['At rest', storageEncryptionTitles[encryption]],
    ['May be uploaded', `${types}; up to ${formatBytes(storage.maxBytes)}`],
    ...(storage.anchorDays === null
      ? []
      : ([['Seals', `kept there, locked for ${storage.anchorDays} days each`]] as [string, string][])),
  ]
}
