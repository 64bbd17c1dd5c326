import { findingLimit, type TrailFinding } from '../../../shared/audit-trail.ts'

/** What was found wrong, counted whole and listed up to a limit. */
export const createFindings = () => {
  const listed: TrailFinding[] = []
  let count = 0
  let firstBadSeal: string | null = null
  return {
    listed,
    get count() {
      return count
    },
    get firstBadSeal() {
      return firstBadSeal
    },
    add(kind: TrailFinding['kind'], sealNo: string | null, message: string, eventId: string | null = null) {
      count += 1
      if (sealNo !== null && (firstBadSeal === null || BigInt(sealNo) < BigInt(firstBadSeal)))
        firstBadSeal = sealNo
      if (listed.length < findingLimit) listed.push({ kind, sealNo, eventId, message })
    },
  }
}
export type Findings = ReturnType<typeof createFindings>
