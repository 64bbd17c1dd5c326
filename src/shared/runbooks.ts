import { z } from 'zod'
import { probeReport, type Verdict, verdicts } from './operations.ts'
import { actRecording } from './operations-actions.ts'
import { reason } from './reason.ts'

/** Runbooks that ask probes, all at once. */
export const checklists = ['daily', 'weekly', 'deployment'] as const
export type Checklist = (typeof checklists)[number]
/** The others are gone through step by step, each on a screen of its own. */
export const runbookIds = [...checklists, 'failover', 'rotation'] as const
export type RunbookId = (typeof runbookIds)[number]

/** A step is what a person looks at: probes that answer it, and what no probe can. */
const runbookStep = z.object({
  id: z.string(),
  title: z.string(),
  /** What to look for. */
  about: z.string(),
  probes: z.array(z.string()),
})

const runbook = z.object({
  id: z.enum(runbookIds),
  title: z.string(),
  about: z.string(),
  steps: z.array(runbookStep),
})
export type Runbook = z.infer<typeof runbook>
export const runbooksListOutput = z.array(runbook)

/** What was found at a step. Null: no probe answers it, a person does. */
export const runbookFound = runbookStep.extend({
  verdict: z.enum(verdicts).nullable(),
  reports: z.array(probeReport.pick({ id: true, verdict: true, summary: true, findings: true })),
})

/** What a person noted at a step. `isDone` says something only where no probe gave an answer. */
export const runbookMark = z.object({ note: z.string().trim().max(500), isDone: z.boolean() })
export type RunbookMark = z.infer<typeof runbookMark>
export const noMark: RunbookMark = { note: '', isDone: false }

const runbookResult = runbookFound.extend(runbookMark.shape)
export type RunbookResult = z.infer<typeof runbookResult>

/** Whether a person has to say that the step was done: no probe knows. */
export const isByHand = ({ verdict }: { verdict: Verdict | null }): boolean =>
  verdict === null || verdict === 'not-checked' || verdict === 'unknown'

/** Where a run is kept: in `ops.runbook_run`, or with the session; the text says which and why. */
const runbookKeeping = z.object({ isKept: z.boolean(), text: z.string() })
export type RunbookKeeping = z.infer<typeof runbookKeeping>

const runAbout = z.object({
  runId: z.string(),
  /** Of one that this console may not know any more. */
  runbook: z.string(),
  title: z.string(),
  /** ISO 8601 UTC, as all times of a run. */
  startedAt: z.string(),
  by: z.string(),
  server: z.string(),
  verdict: z.enum(verdicts),
  keeping: runbookKeeping,
  /** Null: not signed. */
  signed: z
    .object({ at: z.string(), by: z.string(), reason: z.string(), recording: actRecording })
    .nullable(),
})

/** One run: what was found is as it was, notes may be added until it is signed. */
export const runbookRun = runAbout.extend({ steps: z.array(runbookResult) })
export type RunbookRun = z.infer<typeof runbookRun>

export const runbookRunSummary = runAbout.extend({
  steps: z.int(),
  /** Steps that neither a probe nor a person answered. */
  notDone: z.int(),
  /** Steps with a warning or worse. */
  withFindings: z.int(),
})
export type RunbookRunSummary = z.infer<typeof runbookRunSummary>

/** Counts the steps of a run, whole or as far as their verdicts and marks. */
export const countSteps = (
  steps: readonly Pick<RunbookResult, 'verdict' | 'isDone'>[],
): Pick<RunbookRunSummary, 'steps' | 'notDone' | 'withFindings'> => ({
  steps: steps.length,
  notDone: steps.filter((step) => isByHand(step) && !step.isDone).length,
  withFindings: steps.filter(({ verdict }) => verdict === 'warn' || verdict === 'critical').length,
})

export const runbookInput = z.object({ id: z.enum(runbookIds) })
export const runbookBeginInput = z.object({ id: z.enum(checklists) })
export const runbookRunInput = z.object({ runId: z.uuid() })

/** Runs of one runbook, the newest first, at most `runLimit`. */
export const runbookRuns = z.object({
  /** Where a run that was begun now would be kept. */
  keeping: runbookKeeping,
  runs: z.array(runbookRunSummary),
})
export type RunbookRuns = z.infer<typeof runbookRuns>
export const runLimit = 200

export const runbookMarkInput = z.object({
  runId: z.uuid(),
  step: z.string(),
  /** What stood there when the person began: somebody else's note is never overwritten. */
  before: runbookMark,
  mark: runbookMark,
})
export type RunbookMarkInput = z.infer<typeof runbookMarkInput>

export const runbookSignInput = z.object({ runId: z.uuid(), reason })
export type RunbookSignInput = z.infer<typeof runbookSignInput>
/** Base64 of the file. */
export const runbookPdf = z.object({ pdf: z.string() })
