import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type {
  FailoverAssessment,
  FailoverCandidate,
  FailoverFacts,
  FailoverHost,
  PrimarySighting,
} from '../../../shared/failover.ts'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { verdicts } from '../../../shared/operations.ts'
import { describeHost } from '../../session/connection-errors.ts'
import { estimateLoss } from './loss.ts'

/** Bytes from which on a lag is worth a warning. */
const muchLag = 1024 * 1024

type Reached = FailoverHost & { facts: FailoverFacts }
type Warning = FailoverCandidate['warnings'][number]

const isReached = (host: FailoverHost): host is Reached => host.facts !== null

const promoteFunction = 'pg_catalog.pg_promote(boolean, integer)'

const mayNotPromote = ({ user }: FailoverFacts): ConsoleError =>
  new ConsoleError(
    'PERMISSION_DENIED',
    `${user} may not promote.`,
    // Of a standby nothing can be granted: the promotion itself would then be the superuser's.
    `While there is a primary, let a superuser run on it, in this database: GRANT EXECUTE ON FUNCTION ${promoteFunction} TO ${pg.escapeIdentifier(user)}; — with none, let a superuser promote.`,
  )

const refusalOf = ({ host, facts }: Reached, lastSeen: PrimarySighting | null): ConsoleError | null => {
  if (lastSeen !== null && facts.systemIdentifier !== lastSeen.systemIdentifier) {
    return new ConsoleError(
      'CONFLICT',
      `${describeHost(host)} is a copy of another cluster (system identifier ${facts.systemIdentifier}, the primary's is ${lastSeen.systemIdentifier}).`,
      'Promote a standby of this one.',
    )
  }
  if (!facts.mayPromote) return mayNotPromote(facts)
  return facts.recordingRefusal === null
    ? null
    : new ConsoleError(
        'PERMISSION_DENIED',
        facts.recordingRefusal,
        'Connect as a member of viruj_dba, so that it is known who did it and why.',
      )
}

const warningsOf = (
  candidate: Reached,
  loss: FailoverCandidate['loss'],
  { others, lastSeen }: { others: readonly Reached[]; lastSeen: PrimarySighting | null },
): Warning[] => {
  const { facts } = candidate
  const warnings: Warning[] = []
  const warn = (verdict: Warning['verdict'], text: string) => warnings.push({ verdict, text })
  if (loss.bytes === null) warn('unknown', loss.text)
  else if (loss.bytes > muchLag)
    warn('critical', `More than 1 MiB would be lost: ${formatBytes(loss.bytes)}.`)
  else if (loss.bytes > 0) warn('warn', `${formatBytes(loss.bytes)} would be lost.`)
  if (facts.replay !== 'running') warn('warn', 'Its replay is paused: a promotion ends that.')
  if (facts.unreplayedBytes !== null && facts.unreplayedBytes > muchLag) {
    warn(
      'warn',
      `${formatBytes(facts.unreplayedBytes)} are received and not replayed yet: the promotion waits for them.`,
    )
  }
  if (lastSeen !== null && lastSeen.timeline !== null && facts.timeline !== lastSeen.timeline) {
    warn(
      'critical',
      `It is on timeline ${facts.timeline ?? 'unknown'}, the primary was on ${lastSeen.timeline}: it may follow another primary.`,
    )
  }
  const best = Math.max(...others.map((other) => other.facts.walEnd))
  if (best > facts.walEnd) {
    const ahead = others.filter((other) => other.facts.walEnd === best).map(({ host }) => describeHost(host))
    warn('critical', `${ahead.join(', ')} has ${formatBytes(best - facts.walEnd)} more.`)
  }
  if (facts.receiver !== null) {
    warn(
      'warn',
      `Its receiver still has a sender${facts.receiver.sender === null ? '' : `, ${facts.receiver.sender}`} (${facts.receiver.status}).`,
    )
  }
  if (facts.walSenders.used >= facts.walSenders.max) {
    warn('warn', 'It has no free WAL sender: no standby could follow it (max_wal_senders).')
  }
  if (facts.slots.used >= facts.slots.max) {
    warn(
      'warn',
      'It has no free replication slot: standbys with a slot could not follow it (max_replication_slots).',
    )
  }
  return warnings.sort((one, other) => verdicts.indexOf(other.verdict) - verdicts.indexOf(one.verdict))
}

/** A promotion ends a pause by itself (since PostgreSQL 13): who may not end it before can promote nevertheless. */
export const isToResume = ({ replay, mayResume }: FailoverFacts): boolean => replay !== 'running' && mayResume

const stepsOf = ({ host, facts }: Reached, alive: readonly string[]): string[] => [
  'Ask every server once more, and stop where what was confirmed does not hold any more.',
  ...(isToResume(facts)
    ? ['SELECT pg_wal_replay_resume(), so that it can be seen to replay what it has.']
    : []),
  `SELECT pg_promote(true, 60) on ${describeHost(host)}: it replays what it has received, begins a new timeline and takes writes. There is no way back but a new copy.`,
  'Wait until pg_is_in_recovery() is false there.',
  'Leave an event with the reason in its audit trail, where there is one.',
  alive.length === 0
    ? 'Look whether the old primary answers again.'
    : `${alive.join(', ')} goes on accepting writes meanwhile: those that it gets from now on are nowhere else.`,
]

/** Weighs what the servers said. Pure. */
export const weigh = (
  hosts: FailoverHost[],
  { lastSeen, lostAt, at }: { lastSeen: PrimarySighting | null; lostAt: string | null; at: string },
): Pick<FailoverAssessment, 'primary' | 'candidates'> => {
  const reached = hosts.filter(isReached)
  const standbys = reached.filter(({ facts }) => facts.inRecovery)
  const clusters = new Set(standbys.map(({ facts }) => facts.systemIdentifier))
  // A primary of another cluster is in nobody's way.
  const primaries = reached.filter(
    ({ facts }) => !facts.inRecovery && (clusters.size === 0 || clusters.has(facts.systemIdentifier)),
  )
  const alive = primaries.map(({ host }) => describeHost(host))
  const was = lastSeen && standbys.find(({ host }) => describeHost(host) === describeHost(lastSeen.host))
  const fencing = alive.length > 0 ? 'unfenced' : was ? 'fenced' : 'unreached'
  const candidates = standbys
    .map((standby): FailoverCandidate & { walEnd: number } => {
      const loss = estimateLoss(
        standby.facts,
        lastSeen,
        alive.length > 0 ? (lastSeen?.at ?? at) : (lostAt ?? at),
      )
      const others = standbys.filter(
        (other) => other !== standby && other.facts.systemIdentifier === standby.facts.systemIdentifier,
      )
      return {
        host: standby.host,
        loss,
        warnings: warningsOf(standby, loss, { others, lastSeen }),
        refusal: refusalOf(standby, lastSeen)?.toShape() ?? null,
        steps: stepsOf(standby, alive),
        walEnd: standby.facts.walEnd,
      }
    })
    .sort(
      (one, other) =>
        Number(one.refusal !== null) - Number(other.refusal !== null) || other.walEnd - one.walEnd,
    )
  return {
    primary: { fencing, text: fencingText(fencing, alive, lastSeen), alive, lastSeen },
    candidates: candidates.map(({ walEnd: _, ...candidate }) => candidate),
  }
}

const fencingText = (
  fencing: FailoverAssessment['primary']['fencing'],
  alive: readonly string[],
  lastSeen: PrimarySighting | null,
): string => {
  switch (fencing) {
    case 'unfenced':
      return `NOT FENCED: ${alive.join(', ')} answers as a primary, and goes on accepting writes. What it gets after a promotion is lost, or has to be merged by hand.`
    case 'fenced':
      return `${lastSeen === null ? 'The old primary' : describeHost(lastSeen.host)} answers as a standby: it takes no writes.`
    case 'unreached':
      return 'No primary answers here. Others may reach it still: only who has stopped it, or cut it off, knows that it is fenced.'
    default:
      return fencing satisfies never
  }
}
