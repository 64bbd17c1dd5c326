import type { Published } from '../../../shared/audit-trail.ts'
import type { StorageSettings } from '../../../shared/storage.ts'
import { withLockedObjects } from '../../storage/locked-objects.ts'
import type { Whereabouts } from './published-seals.ts'

/** Where seals are published besides the console's own memory. */
export type SealBucket = { storage: StorageSettings | null; storageSecret: string | null }

/** All that is compared stands in the key: a listing tells it, and no object has to be read. */
const folderOf = (prefix: string, { host, port, database }: Whereabouts): string =>
  `${prefix}.viruj-console/seals/${encodeURIComponent(`${host}:${port}`)}/${encodeURIComponent(database)}/`

const keyOf = (folder: string, { sealNo, sysid, sealedAt, hash }: Published): string =>
  `${folder}${sealNo.padStart(19, '0')}_${sysid}_${sealedAt.replaceAll(':', '')}_${hash}.json`

const name = /(?<no>[0-9]{19})_(?<sysid>[0-9]*)_(?<at>[^_/]*)_(?<hash>[0-9a-f]{64})\.json$/

const publishedOf = (key: string): Published[] => {
  const found = name.exec(key)?.groups
  if (found === undefined) return []
  const { no = '', sysid = '', at = '', hash = '' } = found
  const sealedAt = at.replace(/T(\d\d)(\d\d)(\d\d)/, 'T$1:$2:$3')
  return [{ sealNo: BigInt(no).toString(), hash, sysid, sealedAt }]
}

/**
 * Seals in a bucket with Object Lock, as far as the connection's storage asks for it: whoever rewrites the trail cannot unsay them, and
 * another machine finds them. Fails with `ConsoleError`: a guard that does not answer is not passed over.
 */
export const createLockedSeals = ({ storage, storageSecret }: SealBucket) => {
  const days = storage?.anchorDays ?? null
  return {
    of: async (where: Whereabouts, signal: AbortSignal): Promise<Published[]> =>
      storage === null || days === null
        ? []
        : (
            await withLockedObjects(storage, storageSecret, (objects) =>
              objects.keys(folderOf(storage.prefix, where), signal),
            )
          ).flatMap(publishedOf),

    async add(where: Whereabouts, seal: Published, signal: AbortSignal): Promise<void> {
      if (storage === null || days === null) return
      await withLockedObjects(storage, storageSecret, (objects) =>
        objects.put(
          keyOf(folderOf(storage.prefix, where), seal),
          JSON.stringify({ ...where, ...seal }),
          days,
          signal,
        ),
      )
    },
  }
}
