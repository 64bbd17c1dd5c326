import type { PrimarySighting } from '../../../shared/failover.ts'
import type { OperationsRun } from '../../../shared/operations.ts'
import type { HostAndPort } from '../../../shared/profiles.ts'

type Seen = Omit<PrimarySighting, 'rate' | 'at'> & { at: Date }

/** Seconds between two sightings that a rate is made of. */
const rateSpan = 1

/**
 * Where the WAL of the primary ended when it was last asked, and how fast it grew. Kept by the session: once the primary is gone nobody else
 * knows how far it was.
 */
export const createLastPrimary = () => {
  let last: Seen | null = null
  let rate: number | null = null
  /** The sighting that the next rate counts from. */
  let from: Seen | null = null

  const note = (seen: Seen): void => {
    if (from === null || from.systemIdentifier !== seen.systemIdentifier || seen.walEnd < from.walEnd) {
      from = seen
      rate = null
    } else {
      const seconds = (seen.at.getTime() - from.at.getTime()) / 1000
      if (seconds >= rateSpan) {
        rate = (seen.walEnd - from.walEnd) / seconds
        from = seen
      }
    }
    last = seen
  }

  return {
    note,
    /** What the overview's counters say of the WAL, in passing. */
    noteRun(host: HostAndPort, { server, reports }: OperationsRun): void {
      const { inRecovery, systemIdentifier, timeline } = server
      const counters = reports.find(({ id }) => id === 'metrics')
      const walEnd = counters?.rows[0]?.walBytes
      if (inRecovery || systemIdentifier === null || counters === undefined || typeof walEnd !== 'number')
        return
      // Of before it was asked: what was acknowledged until the answer came may lie behind it.
      note({ host, at: new Date(counters.ranAt), walEnd, systemIdentifier, timeline })
    },
    get: (): PrimarySighting | null => last && { ...last, at: last.at.toISOString(), rate },
  }
}

export type LastPrimary = ReturnType<typeof createLastPrimary>
