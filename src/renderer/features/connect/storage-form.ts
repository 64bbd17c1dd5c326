import {
  isSentPlain,
  largestObject,
  newStorage,
  type StorageSettings,
  storageSettings,
} from '../../../shared/storage.ts'

export const places = ['aws', 'gcs', 'minio', 'other'] as const
export type Place = (typeof places)[number]

export const placeTitles = {
  aws: 'Amazon S3',
  gcs: 'Google Cloud Storage',
  minio: 'MinIO, Ceph and their like',
  other: 'Another that speaks S3',
} as const satisfies Record<Place, string>

/** XML API with HMAC keys. https://cloud.google.com/storage/docs/interoperability */
const googleEndpoint = 'https://storage.googleapis.com'

/** What each place is like, to begin with. */
const placeDefaults: Record<Place, Pick<StorageForm, 'endpoint' | 'region' | 'pathStyle'>> = {
  aws: { endpoint: '', region: 'us-east-1', pathStyle: false },
  gcs: { endpoint: googleEndpoint, region: 'auto', pathStyle: true },
  minio: { endpoint: '', region: 'us-east-1', pathStyle: true },
  other: { endpoint: '', region: 'us-east-1', pathStyle: false },
}

export const sizeUnits = { MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 } as const
export type SizeUnit = keyof typeof sizeUnits

/** What stands in the fields of a storage. Texts that are empty mean "none". */
export type StorageForm = Omit<
  StorageSettings,
  'endpoint' | 'kmsKey' | 'accessKeyId' | 'awsProfile' | 'caFile' | 'maxBytes' | 'anchorDays'
> & {
  /** Whether the connection has a storage at all. */
  used: boolean
  place: Place
  endpoint: string
  kmsKey: string
  accessKeyId: string
  awsProfile: string
  caFile: string
  largest: number | string
  unit: SizeUnit
  anchorDays: number | string
}

const placeOf = ({ endpoint, pathStyle }: StorageSettings): Place => {
  if (endpoint === null) return 'aws'
  if (endpoint === googleEndpoint) return 'gcs'
  return pathStyle ? 'minio' : 'other'
}

/** The largest unit that shows the size without a fraction. */
const unitOf = (bytes: number): SizeUnit =>
  (['TB', 'GB'] as const).find((unit) => bytes % sizeUnits[unit] === 0) ?? 'MB'

export const storageFormOf = (settings: StorageSettings | null): StorageForm => {
  const { maxBytes, ...storage } = settings ?? newStorage
  const unit = unitOf(maxBytes)
  return {
    ...storage,
    used: settings !== null,
    place: placeOf({ ...storage, maxBytes }),
    endpoint: storage.endpoint ?? '',
    kmsKey: storage.kmsKey ?? '',
    accessKeyId: storage.accessKeyId ?? '',
    awsProfile: storage.awsProfile ?? '',
    caFile: storage.caFile ?? '',
    largest: maxBytes / sizeUnits[unit],
    unit,
    anchorDays: storage.anchorDays ?? '',
  }
}

/** Another place has another address. */
export const movedTo = (place: Place): Partial<StorageForm> => ({ place, ...placeDefaults[place] })

export type StorageErrors = Partial<Record<keyof StorageSettings, string>>

const messages: Record<keyof StorageSettings, string> = {
  endpoint: 'A URL such as https://minio.example.com:9000.',
  region: 'Name the region, such as eu-central-1.',
  bucket: 'Name the bucket: 3 to 63 letters, digits, dots and dashes.',
  prefix: 'At most 256 characters, and no control characters.',
  pathStyle: '',
  encryption: '',
  kmsKey: 'At most 2,048 characters.',
  credentials: '',
  accessKeyId: 'Name the access key.',
  awsProfile: 'At most 128 characters.',
  caFile: 'A path has at most 4,096 characters.',
  anchorDays: 'Between 1 and 36,500 days, or nothing.',
  allowedTypes: 'Choose at least one type.',
  maxBytes: `More than 0, and at most ${largestObject / 1024 ** 4} TB, which is what one object may hold.`,
}

/** The settings, or what is wrong with which field. */
export const readStorageForm = (
  form: StorageForm,
): { storage: StorageSettings } | { errors: StorageErrors } => {
  const { used: _, place, largest, unit, ...fields } = form
  const prefix = form.prefix.trim().replace(/^\/+|\/+$/g, '')
  const parsed = storageSettings.safeParse({
    ...fields,
    endpoint: place === 'aws' ? null : form.endpoint.trim(),
    prefix: prefix === '' ? '' : `${prefix}/`,
    kmsKey: form.encryption === 'aws:kms' ? form.kmsKey.trim() || null : null,
    accessKeyId: form.credentials === 'keychain' ? form.accessKeyId.trim() : null,
    awsProfile: form.credentials === 'chain' ? form.awsProfile.trim() || null : null,
    caFile: form.caFile.trim() || null,
    anchorDays: form.anchorDays === '' ? null : form.anchorDays,
    maxBytes: typeof largest === 'number' ? Math.round(largest * sizeUnits[unit]) : 0,
  } satisfies Record<keyof StorageSettings, unknown>)
  if (parsed.success) return { storage: parsed.data }
  return {
    errors: Object.fromEntries(
      parsed.error.issues.map(({ path: [field] }) => [field, messages[field as keyof StorageSettings]]),
    ),
  }
}

/** What to know of the way to the storage; undefined where nothing is odd about it. */
export const plainWarning = (endpoint: string): string | undefined =>
  isSentPlain(endpoint) ? 'Not encrypted: everybody on the way can read the documents.' : undefined
