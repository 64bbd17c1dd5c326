import { z } from 'zod'

/** What verification found wrong. Where a row is named, it is named as the trail names it. */
export const trailFinding = z.object({
  kind: z.enum([
    /** A seal does not follow from its own fields and the one before. */
    'chain',
    /** A seal's events are not those that it was made over. */
    'content',
    /** An event of a broken seal that is not as it was sealed, or that was not there. */
    'event',
    /** Events that no seal covers, and that are not of the time since the last one. */
    'uncovered',
    /** What was published of a seal is not what the database says now. */
    'anchor',
    /** What is noted of a retired month is not what was sealed. */
    'retired',
    /** A table of the trail that may show others other rows. */
    'table',
  ]),
  sealNo: z.string().nullable(),
  eventId: z.string().nullable(),
  message: z.string(),
})
export type TrailFinding = z.infer<typeof trailFinding>

/** Findings that a report lists at most; `findings` counts all. */
export const findingLimit = 100

export const published = z.object({
  sealNo: z.string(),
  hash: z.string(),
  sysid: z.string(),
  sealedAt: z.string(),
})
/** What is published of a seal: whoever has it can tell later whether the trail still leads there. */
export type Published = z.infer<typeof published>

/** A seal as it stands on paper: `12:3f5a…`, its number and the 64 hexadecimal digits of its hash. Spaces do not count. */
export const paperSeal = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, '').toLowerCase())
  .pipe(z.string().regex(/^[0-9]{1,18}:[0-9a-f]{64}$/))
  .transform((text) => {
    const [sealNo = '', hash = ''] = text.split(':')
    return { sealNo, hash }
  })
export type PaperSeal = z.infer<typeof paperSeal>

export const trailVerifyInput = z.object({ expected: z.array(paperSeal).max(10) })

/** Events without a seal that are counted at most; one more tells that there are more. */
export const tailLimit = 100_000

/** How far the trail is sealed. `age` of the oldest event that is not, in seconds. */
export const trailState = z.object({
  lastSeal: published.nullable(),
  tail: z.object({ events: z.number(), age: z.number().nullable() }),
  maySeal: z.boolean(),
  mayVerify: z.boolean(),
  mayReveal: z.boolean(),
})
export type TrailState = z.infer<typeof trailState>

/**
 * A month whose events are gone, by its sealed note. `packages`: the evidence that holds them, each with the SHA-256 of its file; `shown`: all of
 * them were there to be verified. Seals null: it had no events.
 */
export const retiredMonth = z.object({
  month: z.string(),
  events: z.number(),
  fromSeal: z.string().nullable(),
  toSeal: z.string().nullable(),
  packages: z.array(z.object({ sha256: z.string(), keyId: z.string().nullable() })),
  shown: z.boolean(),
})
export type RetiredMonth = z.infer<typeof retiredMonth>

/** Numbers of seals and events are decimal texts: they may go beyond 2^53. Times are ISO 8601 UTC. */
export const trailReport = z.object({
  /**
   * `intact`: nothing contradicts what was sealed and anchored. `broken`: something does. `unsealed`: there is no seal. `retired`: nothing
   * contradicts it, and of months that are gone nothing but the digests of their packages was there to look at.
   */
  verdict: z.enum(['intact', 'broken', 'unsealed', 'retired']),
  /** `full`, or since the seal that an earlier verification ended with. */
  since: z.string().nullable(),
  seals: z.number(),
  events: z.number(),
  /** A new era begins where the cluster is another one: a restored dump, an upgrade. No fault. */
  eras: z.array(z.object({ sysid: z.string(), fromSeal: z.string(), at: z.string() })),
  findings: z.number(),
  listed: z.array(trailFinding),
  firstBadSeal: z.string().nullable(),
  head: published.nullable(),
  /** Not sealed yet: until then an event can be changed without a trace. `age` of the oldest, in seconds. */
  tail: z.object({ events: z.number(), age: z.number().nullable() }),
  anchors: z.object({ checked: z.number(), newest: published.nullable() }),
  /** The oldest first. */
  retired: z.array(retiredMonth),
  seconds: z.number(),
})
export type TrailReport = z.infer<typeof trailReport>
