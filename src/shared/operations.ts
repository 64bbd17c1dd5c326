import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'

/** `live`: polled while it is on screen; `any`: asked when somebody looks. */
export const cadences = ['live', 'daily', 'weekly', 'any'] as const
export type Cadence = (typeof cadences)[number]

/**
 * From best to worst but for the two in the middle. `unknown`: asked, and the server could not say; never taken for zero.
 * `not-checked`: the role may not ask, or what it takes is not there; the finding says how to get it.
 */
export const verdicts = ['ok', 'not-checked', 'unknown', 'warn', 'critical'] as const
export type Verdict = (typeof verdicts)[number]

/** Of several verdicts the one to show; `ok` of none. */
export const worstOf = (all: readonly Verdict[]): Verdict =>
  verdicts.findLast((verdict) => all.includes(verdict)) ?? 'ok'

/** How a value is to be shown. `sql` is source to show as code; `list` an array of texts. */
export const quantities = [
  'text',
  /** A number that names something: no separators. */
  'number',
  'boolean',
  'count',
  'bytes',
  'seconds',
  'milliseconds',
  'percent',
  'timestamp',
  'sql',
  'list',
] as const
export type Quantity = (typeof quantities)[number]

/** Where a verdict turns. `value` is what holds for this connection, `standard` what holds where nobody chose another. */
export const threshold = z.object({
  /** Unique within its probe. */
  key: z.string(),
  title: z.string(),
  unit: z.enum(['bytes', 'seconds', 'percent', 'count', 'days', 'milliseconds']),
  /** The verdict from this value on; null: what is smaller is not judged at all. */
  verdict: z.enum(['warn', 'critical']).nullable(),
  value: z.number(),
  standard: z.number(),
})
export type Threshold = z.infer<typeof threshold>

/** Values of a connection's own by `<probe>.<threshold>`, such as `standbys.lagWarn`. A name that no probe has must not cost the connection. */
export const thresholdValues = z.record(z.string(), z.number().min(0))
export type ThresholdValues = z.infer<typeof thresholdValues>

/** Null: what holds where nobody chose another. */
export const setThresholdsInput = z.object({
  probe: z.string(),
  values: z.record(z.string(), z.number().min(0).nullable()),
})
export type SetThresholdsInput = z.infer<typeof setThresholdsInput>
/** Not saved: it holds until the console ends, since the connection stands in no file of ours. */
export const setThresholdsOutput = z.object({ isSaved: z.boolean() })

export const probeColumn = z.object({
  key: z.string(),
  title: z.string(),
  kind: z.enum(quantities),
  /** What the value means, where its title does not say so. */
  note: z.string().nullable(),
  /** Of use to actions and charts, not to eyes. */
  isHidden: z.boolean(),
})

export const probeAbout = z.object({
  id: z.string(),
  title: z.string(),
  /** What it looks at, in one sentence. */
  about: z.string(),
  /** What belongs together on a screen. */
  section: z.string(),
  cadence: z.enum(cadences),
  /** Seconds between polls of a screen that shows it; a report may ask for more. */
  interval: z.number(),
  thresholds: z.array(threshold),
  columns: z.array(probeColumn),
})
export type ProbeAbout = z.infer<typeof probeAbout>

/** What to do. `sql` is ready to run, by whoever may; null where a person has to act elsewhere. */
export const remedy = z.object({ text: z.string(), sql: z.string().nullable() })
export type Remedy = z.infer<typeof remedy>

/** Who accepts a finding, why, and through which day (UTC). */
export const findingWaiver = z.object({ by: z.string(), reason: z.string(), until: z.string() })
export type FindingWaiver = z.infer<typeof findingWaiver>

export const probeFinding = z.object({
  verdict: z.enum(verdicts),
  /** One sentence that names the thing. */
  text: z.string(),
  /** The threshold that decided, as it was then. */
  threshold: threshold.nullable(),
  /** Place of the row that it is about. */
  row: z.int().nullable(),
  remedies: z.array(remedy),
  /** Accepted: it is told, and no part of the verdict. */
  waiver: findingWaiver.nullable().default(null),
  /** It is one of those that somebody may accept, and there is where to write that down. */
  isWaivable: z.boolean().default(false),
})
export type ProbeFinding = z.infer<typeof probeFinding>

export const probeCell = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
export type ProbeCell = z.infer<typeof probeCell>
/** Cells by the keys of the columns. Timestamps are ISO 8601 in UTC. */
export const probeRow = z.record(z.string(), probeCell)

export const probeReport = z.object({
  id: z.string(),
  verdict: z.enum(verdicts),
  /** The whole in one sentence. */
  summary: z.string(),
  /** Worst first. */
  findings: z.array(probeFinding),
  rows: z.array(probeRow),
  /** There are more rows than were taken. */
  isCut: z.boolean(),
  /** ISO 8601 UTC. */
  ranAt: z.string(),
  milliseconds: z.number(),
  /** Seconds to wait before it is polled again: more than its interval where it was slow. */
  waitSeconds: z.number(),
  /** Why the server gave no answer. */
  error: consoleErrorShape.nullable(),
})
export type ProbeReport = z.infer<typeof probeReport>

export const operationsListOutput = z.array(probeAbout)

export const operationsRunInput = z.object({ ids: z.array(z.string()).min(1).max(100) })
export type OperationsRunInput = z.infer<typeof operationsRunInput>
export const operationsRunOutput = z.object({
  /** What the server is at this moment: a standby may have become a primary since the last poll. */
  server: z.object({
    inRecovery: z.boolean(),
    timeline: z.int().nullable(),
    systemIdentifier: z.string().nullable(),
    startedAt: z.string(),
  }),
  reports: z.array(probeReport),
})
export type OperationsRun = z.infer<typeof operationsRunOutput>
