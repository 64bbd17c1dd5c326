import type { Change, Finds } from './drift-changes/change.ts'

const key = ({ kind, identity }: Finds): string => `${kind} ${identity}`

/**
 * Changes that can be made and found together: no two are of one object. What stands `apart` is alone. A snapshot takes longer than
 * a change, so that a few batches are far quicker than many changes.
 */
export const batchesOf = (changes: readonly Change[]): Change[][] => {
  const batches: { changes: Change[]; taken: Set<string> }[] = []
  for (const change of changes) {
    const keys = [change.finds, ...(change.also ?? [])].map(key)
    const free = change.apart
      ? undefined
      : batches.find(
          (batch) =>
            !batch.changes.some(({ apart }) => apart) && keys.every((taken) => !batch.taken.has(taken)),
        )
    if (free === undefined) batches.push({ changes: [change], taken: new Set(keys) })
    else {
      free.changes.push(change)
      for (const taken of keys) free.taken.add(taken)
    }
  }
  return batches.map((batch) => batch.changes)
}
