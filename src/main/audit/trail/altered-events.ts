import type pg from 'pg'
import { covers, type Link, rangesOf } from './coverage.ts'
import { createMerkleTree } from './merkle.ts'
import { readEvents, readLeafParts } from './read-trail.ts'

/** An event that is not as it was sealed. `id` null: it is gone, and `message` says from where. */
export type Altered = { id: string | null; message: string }

/** How many events of a broken seal are looked at one by one. */
const rowLimit = 1_000_000

/**
 * Which events of a broken seal were changed, added or taken away: its events now beside the hashes that were kept of them. Null:
 * those hashes were changed, too, so that nobody can say.
 */
export const alteredEvents = async (
  client: pg.ClientBase,
  link: Link,
  signal: AbortSignal,
): Promise<Altered[] | null> => {
  if (Number(link.seal.n) > rowLimit) return null
  const kept: Buffer[] = []
  for await (const part of readLeafParts(client, link.seal.sealNo)) kept.push(...part)
  const tree = createMerkleTree()
  for (const leaf of kept) tree.add(leaf)
  if (tree.root().toString('hex') !== link.seal.root) return null

  const places = new Map<string, number[]>()
  kept.forEach((leaf, place) => {
    const hex = leaf.toString('hex')
    places.set(hex, [...(places.get(hex) ?? []), place])
  })
  /** Ids of the events that are as they were, at their places. */
  const intact: (string | null)[] = kept.map(() => null)
  const changed: string[] = []
  for await (const events of readEvents(client, rangesOf([link]), signal)) {
    for (const event of events) {
      if (!covers(link, event)) continue
      const place = places.get(event.leaf.toString('hex'))?.shift()
      if (place === undefined) changed.push(event.id)
      else intact[place] = event.id
    }
  }

  const altered: Altered[] = []
  let before: string | null = null
  const unmatched = [...changed]
  for (let place = 0; place < intact.length; place += 1) {
    const id = intact[place]
    if (id != null) {
      before = id
      continue
    }
    let end = place
    while (end < intact.length && intact[end] == null) end += 1
    const after: string | null = intact[end] ?? null
    for (; place < end; place += 1) {
      // Between its neighbours, and no longer what was sealed.
      const at = unmatched.findIndex(
        (one) =>
          (before === null || BigInt(one) > BigInt(before)) &&
          (after === null || BigInt(one) < BigInt(after)),
      )
      const [found] = at === -1 ? [] : unmatched.splice(at, 1)
      altered.push(
        found === undefined
          ? { id: null, message: `An event ${between(before, after)} is gone.` }
          : { id: found, message: `Event ${found} is not as it was sealed.` },
      )
    }
    place = end - 1
  }
  return [
    ...altered,
    ...unmatched.map((id) => ({
      id,
      message: `Event ${id} was not there when the seal was made, or is not as it was.`,
    })),
  ]
}

const between = (before: string | null, after: string | null): string => {
  if (before === null) return after === null ? 'that was the only one' : `before ${after}`
  return after === null ? `after ${before}` : `between ${before} and ${after}`
}
