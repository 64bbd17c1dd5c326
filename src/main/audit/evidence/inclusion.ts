import type pg from 'pg'
import type { TrailEvent } from '../trail/event-lines.ts'
import { nodeHash } from '../trail/merkle.ts'
import { readLeafParts } from '../trail/read-trail.ts'

/** Where an event stands below its seal, and the nodes that lead from it to the seal's root. `index` null: it is not there. */
export type Inclusion = { id: string; index: number | null; path: string[] }

/** From the leaves up to the root; a node without a neighbour goes up as it is. */
export const levelsOf = (leaves: readonly Buffer[]): (readonly Buffer[])[] => {
  const levels: (readonly Buffer[])[] = [leaves]
  for (let level = leaves; level.length > 1; ) {
    const above: Buffer[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right))
    }
    levels.push(above)
    level = above
  }
  return levels
}

/** The neighbours on the way up, from the bottom. */
export const pathOf = (levels: readonly (readonly Buffer[])[], index: number): string[] => {
  let at = index
  return levels.flatMap((level) => {
    const neighbour = level[at ^ 1]
    at >>= 1
    return neighbour === undefined ? [] : [neighbour.toString('hex')]
  })
}

/** Where events of one seal stand below it. Holds one part of its leaves at a time, and the root of each. */
export const proveInclusion = async (
  client: pg.ClientBase,
  sealNo: string,
  events: readonly TrailEvent[],
): Promise<Inclusion[]> => {
  const wanted = new Map(events.map(({ id, leaf }) => [leaf.toString('hex'), id]))
  const found = new Map<string, { part: number; index: number; path: string[] }>()
  const roots: Buffer[] = []
  let before = 0
  for await (const leaves of readLeafParts(client, sealNo)) {
    const levels = levelsOf(leaves)
    leaves.forEach((leaf, at) => {
      const id = wanted.get(leaf.toString('hex'))
      if (id !== undefined)
        found.set(id, { part: roots.length, index: before + at, path: pathOf(levels, at) })
    })
    const root = levels.at(-1)?.[0]
    if (root !== undefined) roots.push(root)
    before += leaves.length
  }
  const above = levelsOf(roots)
  return events.map(({ id }) => {
    const place = found.get(id)
    if (place === undefined) return { id, index: null, path: [] }
    return { id, index: place.index, path: [...place.path, ...pathOf(above, place.part)] }
  })
}
