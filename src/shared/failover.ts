import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'
import { verdicts } from './operations.ts'
import { hostAndPort } from './profiles.ts'
import { reason } from './reason.ts'

/** Standbys that the connection does not name, and the password for them: a saved one goes to no server but its own. */
export const failoverAssessInput = z.object({
  others: z.array(hostAndPort).max(16),
  password: z.string().min(1).nullable(),
})
export type FailoverAssessInput = z.infer<typeof failoverAssessInput>

const used = z.object({ used: z.int(), max: z.int() })

/** What one server says of itself. Positions in the WAL are LSNs, and the bytes since 0/0 that they stand for. */
export const failoverFacts = z.object({
  inRecovery: z.boolean(),
  version: z.string(),
  timeline: z.int().nullable(),
  systemIdentifier: z.string(),
  /** Where its WAL ends: written by a primary; received by a standby, replayed or not. */
  walEnd: z.number(),
  walEndLsn: z.string(),
  /** Null on a primary, and on a standby that received nothing since its start. */
  receivedLsn: z.string().nullable(),
  replayedLsn: z.string().nullable(),
  unreplayedBytes: z.number().nullable(),
  /** Null on a primary. */
  replay: z.enum(['running', 'paused', 'pause requested']).nullable(),
  /** When the last commit that it replayed was made, ISO 8601 UTC. */
  lastCommitAt: z.string().nullable(),
  /** Null: there is no receiver, or the role may not see it. */
  receiver: z.object({ status: z.string(), sender: z.string().nullable() }).nullable(),
  slots: used,
  walSenders: used,
  user: z.string(),
  mayPromote: z.boolean(),
  mayResume: z.boolean(),
  /** Why it may not leave an event of the promotion; null: it may, or there is no trail. */
  recordingRefusal: z.string().nullable(),
})
export type FailoverFacts = z.infer<typeof failoverFacts>

export const failoverHost = z.object({
  host: hostAndPort,
  isOfProfile: z.boolean(),
  /** Null: it was not reached, and `error` says why. */
  facts: failoverFacts.nullable(),
  error: consoleErrorShape.nullable(),
})
export type FailoverHost = z.infer<typeof failoverHost>

/** The last that this session knows of the WAL of the primary. */
export const primarySighting = z.object({
  host: hostAndPort,
  at: z.string(),
  walEnd: z.number(),
  systemIdentifier: z.string(),
  timeline: z.int().nullable(),
  /** WAL in bytes a second between the last two sightings; null: there was one only. */
  rate: z.number().nullable(),
})
export type PrimarySighting = z.infer<typeof primarySighting>

/**
 * What a promotion would lose. Null is not known, which is not zero. Commits that a client was told of after `unseenSince` are in no
 * figure but `atMostBytes`, which goes on from the rate at which WAL was written before.
 */
export const failoverLoss = z.object({
  bytes: z.number().nullable(),
  atMostBytes: z.number().nullable(),
  /** Between the last commit that the standby has and the last sighting of the primary; 0 where no byte is missing. */
  seconds: z.number().nullable(),
  unseenSince: z.string().nullable(),
  unseenSeconds: z.number().nullable(),
  text: z.string(),
})
export type FailoverLoss = z.infer<typeof failoverLoss>

export const failoverCandidate = z.object({
  host: hostAndPort,
  loss: failoverLoss,
  /** Worst first. */
  warnings: z.array(z.object({ verdict: z.enum(verdicts), text: z.string() })),
  /** Why it cannot be promoted, whatever is confirmed. */
  refusal: consoleErrorShape.nullable(),
  /** The dry run: what would be done, in its order. */
  steps: z.array(z.string()),
})
export type FailoverCandidate = z.infer<typeof failoverCandidate>

/**
 * `unfenced`: a primary was reached, and it goes on accepting writes. `fenced`: the primary that was is a standby now. `unreached`: nothing
 * answers, which says nothing of who else can reach it.
 */
export const fencings = ['unfenced', 'fenced', 'unreached'] as const

export const failoverAssessment = z.object({
  at: z.string(),
  hosts: z.array(failoverHost),
  primary: z.object({
    fencing: z.enum(fencings),
    text: z.string(),
    /** `host:port` of primaries that were reached, to be typed to promote another one beside them. */
    alive: z.array(z.string()),
    lastSeen: primarySighting.nullable(),
  }),
  /** The one with the most WAL first; those that cannot be promoted last. */
  candidates: z.array(failoverCandidate),
})
export type FailoverAssessment = z.infer<typeof failoverAssessment>

export const failoverPromoteInput = failoverAssessInput.extend({
  candidate: hostAndPort,
  /** `host:port` of the candidate, as the person typed it. */
  confirmation: z.string(),
  /** The person's word that a primary which cannot be reached accepts no writes from others either. */
  isFenced: z.boolean(),
  /** `host:port` of a primary that is reached, as the person typed it; null: nothing was typed. */
  unfenced: z.string().nullable(),
  reason,
})
export type FailoverPromoteInput = z.infer<typeof failoverPromoteInput>

export const failoverRepointInput = z.object({
  /** What becomes of the hosts that the connection named before: tried after the new primary, or taken out. */
  old: z.enum(['keep', 'remove']),
})

/** What a line of the log belongs to. */
export const failoverParts = ['promotion', 'connection', 'checks'] as const

export const failoverStep = z.object({
  part: z.enum(failoverParts),
  at: z.string(),
  verdict: z.enum(verdicts),
  text: z.string(),
})
export type FailoverStep = z.infer<typeof failoverStep>

export const failoverStages = ['promoting', 'promoted', 'repointed', 'checked', 'failed'] as const

/** One failover of this session, from the promotion on. */
export const failoverRun = z.object({
  /** Of the runbook's run, which is kept on the new primary. */
  runId: z.uuid(),
  stage: z.enum(failoverStages),
  jobId: z.string(),
  reason: z.string(),
  by: z.string(),
  startedAt: z.string(),
  candidate: hostAndPort,
  /** As it was right before. */
  before: failoverAssessment,
  /** What the new primary said right after; null until then. */
  after: failoverFacts.nullable(),
  steps: z.array(failoverStep),
  /** `DATABASE_URL` without its password, once the connection was pointed at the new primary. */
  newUrl: z.string().nullable(),
  /** The new primary is being held against the migrations and the seals. */
  isChecking: z.boolean(),
})
export type FailoverRun = z.infer<typeof failoverRun>

export const failoverState = failoverRun.nullable()

/** Whether the seals that the console remembers of the old primary are in the trail of the new one. */
export const sealContinuity = z.object({
  verdict: z.enum(verdicts),
  text: z.string(),
  remembered: z.int(),
  found: z.int(),
})
export type SealContinuity = z.infer<typeof sealContinuity>
