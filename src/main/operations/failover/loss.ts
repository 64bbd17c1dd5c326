import type { FailoverFacts, FailoverLoss, PrimarySighting } from '../../../shared/failover.ts'
import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)

/**
 * What a candidate lacks of the WAL of the primary, as far as this session saw it. Pure.
 * @param until when the primary was lost; while it lives, the moment it was asked
 */
export const estimateLoss = (
  candidate: Pick<FailoverFacts, 'walEnd' | 'lastCommitAt'>,
  lastSeen: PrimarySighting | null,
  until: string,
): FailoverLoss => {
  if (lastSeen === null) {
    return {
      bytes: null,
      atMostBytes: null,
      seconds: null,
      unseenSince: null,
      unseenSeconds: null,
      text: 'Not known: this session never saw how far the primary was.',
    }
  }
  const bytes = Math.max(0, lastSeen.walEnd - candidate.walEnd)
  const unseenSeconds = secondsBetween(lastSeen.at, until)
  const ahead = Math.max(0, candidate.walEnd - lastSeen.walEnd)
  const unseenBytes = lastSeen.rate === null ? null : Math.max(0, lastSeen.rate * unseenSeconds - ahead)
  const seconds =
    bytes === 0
      ? 0
      : candidate.lastCommitAt === null
        ? null
        : secondsBetween(candidate.lastCommitAt, lastSeen.at)
  const known =
    bytes === 0
      ? `It has all WAL that the primary had at ${lastSeen.at}.`
      : `It lacks ${formatBytes(bytes)} of WAL${seconds === null ? '' : `, the commits of about ${formatSeconds(seconds)},`} that the primary had at ${lastSeen.at}.`
  const unseen =
    unseenSeconds === 0
      ? ''
      : ` Nobody looked in the ${formatSeconds(Math.max(0.1, unseenSeconds))} after that: ${
          unseenBytes === null
            ? 'what was committed then is not known.'
            : unseenBytes === 0
              ? 'it has what was written at the pace before.'
              : `at the pace before, up to ${formatBytes(Math.ceil(unseenBytes))} more.`
        }`
  return {
    bytes,
    atMostBytes: unseenSeconds === 0 ? bytes : unseenBytes === null ? null : Math.ceil(bytes + unseenBytes),
    seconds,
    unseenSince: lastSeen.at,
    unseenSeconds,
    text: known + unseen,
  }
}
