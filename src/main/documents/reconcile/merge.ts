import { ConsoleError } from '../../../shared/errors.ts'
import { compareKeys, type ListedKey } from '../../storage/object-listing.ts'
import type { ComparedRow } from './rows-in-order.ts'

/** What is known under one key: at least one of both. */
export type Pair = { key: string; row: ComparedRow | null; object: ListedKey | null }

/** Both sides in one pass. They come in the order of their keys' bytes, and each is read only as far as the other has come. */
export async function* merge(
  rows: AsyncGenerator<ComparedRow, void, void>,
  objects: AsyncGenerator<ListedKey, void, void>,
): AsyncGenerator<Pair, void, void> {
  try {
    let [row, object] = await Promise.all([rows.next(), objects.next()])
    let last: string | null = null
    while (row.done !== true || object.done !== true) {
      const order =
        row.done === true ? 1 : object.done === true ? -1 : compareKeys(row.value.key, object.value.key)
      const ofRow = order <= 0 && row.done !== true ? row.value : null
      const ofObject = order >= 0 && object.done !== true ? object.value : null
      const key = ofRow?.key ?? ofObject?.key ?? ''
      if (last !== null && compareKeys(last, key) >= 0) throw withoutOrder()
      last = key
      yield { key, row: ofRow, object: ofObject }
      if (ofRow !== null) row = await rows.next()
      if (ofObject !== null) object = await objects.next()
    }
  } finally {
    await Promise.all([rows.return(), objects.return()])
  }
}

const withoutOrder = (): ConsoleError =>
  new ConsoleError(
    'INTERNAL',
    'Documents and objects did not come in one order of their keys: what would be found might not be so.',
    'Report it with the encoding of the database and the kind of storage.',
  )
