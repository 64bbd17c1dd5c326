import type { S3Client } from '@aws-sdk/client-s3'
import { ConsoleError } from '../../shared/errors.ts'
import type { ObjectVersion } from './object-versions.ts'
import { isDenied } from './storage-errors.ts'

/** One key of a listing with what lies there, the newest first. */
export type ListedKey = { key: string; versions: ObjectVersion[] }

/** Versions of one key that are kept; the oldest are left out. */
const most = 1000

/** What servers say that know no versions. */
const withoutVersions = new Set(['NotImplemented', 'MethodNotAllowed', 'InvalidArgument', 'HTTP 501'])

type Ask = <Value>(doing: string, signal: AbortSignal, work: () => Promise<Value>) => Promise<Value>
type Context = { s3: typeof import('@aws-sdk/client-s3'); client: S3Client; Bucket: string; ask: Ask }

/** Keys that XML could not hold come percent-encoded. */
const written = (key: string, encoding: string | undefined): string => {
  if (encoding !== 'url') return key
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}

const tell = (one: {
  VersionId?: string | undefined
  Size?: number | undefined
  LastModified?: Date | undefined
  IsLatest?: boolean | undefined
  isDeletion: boolean
}): ObjectVersion => ({
  version: one.VersionId === undefined || one.VersionId === 'null' ? null : one.VersionId,
  bytes: one.Size ?? 0,
  modified: one.LastModified ?? null,
  isNewest: one.IsLatest === true,
  isDeletion: one.isDeletion,
})

/** Servers list the newest of a key first, but marks of deletion apart. */
export const newestFirst = (a: ObjectVersion, b: ObjectVersion): number =>
  Number(b.isNewest) - Number(a.isNewest) || (b.modified?.getTime() ?? 0) - (a.modified?.getTime() ?? 0)

/** What a page of versions tells of each key. */
export const versionsOf = (page: {
  Versions?: ({ Key?: string | undefined } & Omit<Parameters<typeof tell>[0], 'isDeletion'>)[] | undefined
  DeleteMarkers?:
    | ({ Key?: string | undefined } & Omit<Parameters<typeof tell>[0], 'isDeletion'>)[]
    | undefined
  EncodingType?: string | undefined
}): Map<string, ObjectVersion[]> => {
  const found = new Map<string, ObjectVersion[]>()
  const add = (Key: string | undefined, version: ObjectVersion) => {
    if (Key === undefined) return
    const key = written(Key, page.EncodingType)
    const known = found.get(key)
    if (known === undefined) found.set(key, [version])
    else known.push(version)
  }
  for (const one of page.Versions ?? []) add(one.Key, tell({ ...one, isDeletion: false }))
  for (const one of page.DeleteMarkers ?? []) add(one.Key, tell({ ...one, isDeletion: true }))
  return found
}

/** In the order of their UTF-8 bytes, as S3 lists keys; JavaScript compares by UTF-16. */
export const compareKeys = (a: string, b: string): number => {
  if (a === b) return 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

async function* pagesOfVersions(
  { s3, client, Bucket, ask }: Context,
  below: string,
  signal: AbortSignal,
): AsyncGenerator<Map<string, ObjectVersion[]>, void, void> {
  let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
  for (;;) {
    const page = await ask('list the versions of the objects', signal, () =>
      client.send(
        new s3.ListObjectVersionsCommand({ Bucket, Prefix: below, EncodingType: 'url', ...markers }),
        { abortSignal: signal },
      ),
    )
    yield versionsOf(page)
    if (!page.IsTruncated || page.NextKeyMarker === undefined) return
    markers = {
      KeyMarker: written(page.NextKeyMarker, page.EncodingType),
      ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
    }
  }
}

async function* pagesOfObjects(
  { s3, client, Bucket, ask }: Context,
  below: string,
  signal: AbortSignal,
): AsyncGenerator<Map<string, ObjectVersion[]>, void, void> {
  let ContinuationToken: string | undefined
  for (;;) {
    const page = await ask('list the objects', signal, () =>
      client.send(
        new s3.ListObjectsV2Command({
          Bucket,
          Prefix: below,
          EncodingType: 'url',
          ...(ContinuationToken !== undefined && { ContinuationToken }),
        }),
        { abortSignal: signal },
      ),
    )
    const { Contents, EncodingType } = page
    yield versionsOf({ Versions: Contents?.map((one) => ({ ...one, IsLatest: true })), EncodingType })
    if (!page.IsTruncated || page.NextContinuationToken === undefined) return
    ContinuationToken = page.NextContinuationToken
  }
}

/**
 * Whole keys of the pages, in order. A key's versions may go on in the next page. Fails where the server keeps no order: what compares
 * by it would find differences that are none.
 */
async function* keysOf(
  pages: AsyncIterable<Map<string, ObjectVersion[]>>,
): AsyncGenerator<ListedKey, void, void> {
  let open = null as ListedKey | null
  for await (const page of pages) {
    for (const key of [...page.keys()].sort(compareKeys)) {
      const versions = page.get(key) ?? []
      if (open?.key === key) {
        open.versions.push(...versions.slice(0, most - open.versions.length))
        continue
      }
      if (open !== null) {
        if (compareKeys(open.key, key) > 0) throw withoutOrder()
        open.versions.sort(newestFirst)
        yield open
      }
      open = { key, versions }
    }
  }
  if (open !== null) {
    open.versions.sort(newestFirst)
    yield open
  }
}

/** Listings of a whole bucket, page by page: memory holds one page. */
export const createObjectListing = (context: Context) => ({
  /**
   * Everything below a prefix in the order of the keys' bytes. Where versions cannot be listed, the newest objects alone, and `told`
   * hears why.
   */
  async *listKeys(
    below: string,
    signal: AbortSignal,
    told: (why: ConsoleError) => void,
  ): AsyncGenerator<ListedKey, void, void> {
    const pages = pagesOfVersions(context, below, signal)
    let first: IteratorResult<Map<string, ObjectVersion[]>, void>
    try {
      first = await pages.next()
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error
      if (!isDenied(error) && !withoutVersions.has(error.detail ?? '')) throw error
      told(error)
      yield* keysOf(pagesOfObjects(context, below, signal))
      return
    }
    yield* keysOf(
      (async function* () {
        if (first.done === true) return
        yield first.value
        yield* pages
      })(),
    )
  },
})

const withoutOrder = (): ConsoleError =>
  new ConsoleError(
    'STORAGE_REFUSED',
    'The storage lists its objects in no order of their keys: they cannot be compared with the documents.',
    'Use a bucket of a general kind: directory buckets keep no order.',
  )
