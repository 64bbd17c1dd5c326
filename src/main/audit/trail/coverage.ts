import type { TrailEvent } from './event-lines.ts'
import type { EventRange } from './read-trail.ts'

import type { Head, SealRow } from './seal.ts'
import { isVisible, type Snapshot } from './snapshot.ts'

/** A seal, the one before it, and its snapshot read. `clusters`: all that have an era of their own in this trail. */
export type Link = {
  seal: SealRow
  snapshot: Snapshot
  before: Head | null
  clusters: ReadonlySet<string>
}

const beginsEra = ({ seal, before }: Link): boolean => before?.sysid !== seal.sysid

/** What says below which seal an event belongs. */
type Place = Pick<TrailEvent, 'sysid' | 'xid'>

/** Whether a seal had to cover an event: it became visible since the seal before. An era begins with all that was left. */
export const covers = (link: Link, { sysid, xid }: Place): boolean => {
  const { seal, snapshot, before, clusters } = link
  if (sysid === seal.sysid) {
    return (
      isVisible(xid, snapshot) && (beginsEra(link) || before === null || !isVisible(xid, before.snapshot))
    )
  }
  if (!beginsEra(link)) return false
  // The first seal of all takes what came from elsewhere, but not what a later era has seals for.
  if (before === null) return !clusters.has(sysid)
  return sysid === before.sysid && !isVisible(xid, before.snapshot)
}

const farthest = 2n ** 63n - 1n

/** Where the events of these consecutive seals are to be looked for. */
export const rangesOf = (links: readonly Link[]): EventRange[] => {
  const ranges: EventRange[] = []
  let era: { sysid: string; from: bigint; to: bigint } | null = null
  for (const link of links) {
    const { seal, snapshot, before } = link
    if (beginsEra(link)) {
      if (before === null) ranges.push({ otherThan: seal.sysid })
      else ranges.push({ sysid: before.sysid, from: before.snapshot.xmin, to: farthest })
      era = null
    }
    if (era === null) {
      const from = beginsEra(link) || before === null ? 0n : before.snapshot.xmin
      era = { sysid: seal.sysid, from, to: snapshot.xmax }
      ranges.push(era)
    }
    era.to = snapshot.xmax
  }
  return ranges
}

/** Finds the seal of each event. Most events belong to the same one as the event before. */
export const createAssignment = (links: readonly Link[]): ((event: Place) => number | null) => {
  let last = 0
  const eras = links.flatMap((link, at) => (beginsEra(link) ? [at] : []))
  return (event) => {
    const usual = links[last]
    if (usual !== undefined && covers(usual, event)) return last
    // Within an era the first seal that sees the transaction is the one.
    let [low, high] = [0, links.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const link = links[middle]
      if (link === undefined) break
      if (link.seal.sysid === event.sysid && isVisible(event.xid, link.snapshot)) high = middle
      else if (link.seal.sysid === event.sysid) low = middle + 1
      // Another era: its seals lie on one side of this event's.
      else if (links.slice(0, middle).some(({ seal }) => seal.sysid === event.sysid)) high = middle
      else low = middle + 1
    }
    const found = [low, ...eras].find((at) => {
      const link = links[at]
      return link !== undefined && covers(link, event)
    })
    if (found === undefined) return null
    last = found
    return found
  }
}
