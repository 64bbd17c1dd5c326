import { ConsoleError } from '../../shared/errors.ts'
import { newStorage, type StorageSettings, storageSettings } from '../../shared/storage.ts'

export const storageHelp = `  --bucket NAME      Bucket of the documents, signed for as the AWS tools are: variables, ~/.aws, SSO, or the role of this machine.
                     Without it, the storage of the connection.
  --endpoint URL     Of a storage that is not Amazon's.
  --region NAME      (us-east-1)
  --prefix PREFIX    What the keys of documents begin with.
  --path-style       server/bucket instead of bucket.server.`

/** Words of every command that needs the storage, which a DATABASE_URL cannot name. */
export const storageOptions = {
  bucket: { type: 'string' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
  prefix: { type: 'string' },
  'path-style': { type: 'boolean', default: false },
} as const

type Words = {
  bucket?: string | undefined
  endpoint?: string | undefined
  region?: string | undefined
  prefix?: string | undefined
  'path-style': boolean
}

/** The storage that the words name; null where they name none. Fails with `INVALID_INPUT`. */
export const storageOf = (words: Words): StorageSettings | null => {
  const { bucket, endpoint, region, prefix } = words
  if (bucket === undefined) {
    if (endpoint === undefined && region === undefined && prefix === undefined && !words['path-style']) {
      return null
    }
    throw new ConsoleError('INVALID_INPUT', 'No bucket was named.', 'Add --bucket NAME.')
  }
  const trimmed = (prefix ?? '').replace(/^\/+|\/+$/g, '')
  const parsed = storageSettings.safeParse({
    ...newStorage,
    bucket,
    endpoint: endpoint ?? null,
    region: region ?? newStorage.region,
    prefix: trimmed === '' ? '' : `${trimmed}/`,
    pathStyle: words['path-style'],
    credentials: 'chain',
  } satisfies StorageSettings)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path }) => `--${String(path[0])}`).join(', ')
  throw new ConsoleError('INVALID_INPUT', `${wrong} cannot be used.`, 'See viruj-console --help.')
}
