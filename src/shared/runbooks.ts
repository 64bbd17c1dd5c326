import { z } from 'zod'
import { probeReport, verdicts } from './operations.ts'
import { actRecording } from './operations-actions.ts'
import { reason } from './reason.ts'

export const runbookIds = ['daily', 'weekly', 'deployment'] as const
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

/** `ok` of a step without probes says nothing: its note does. */
const runbookResult = runbookStep.extend({
  verdict: z.enum(verdicts).nullable(),
  reports: z.array(probeReport.pick({ id: true, verdict: true, summary: true, findings: true })),
  note: z.string(),
})

/** One run of this session, kept until the session ends. Times are ISO 8601 UTC. */
export const runbookRun = z.object({
  runId: z.string(),
  runbook: z.enum(runbookIds),
  title: z.string(),
  startedAt: z.string(),
  by: z.string(),
  server: z.string(),
  verdict: z.enum(verdicts),
  steps: z.array(runbookResult),
  /** Null: not signed. */
  signed: z.object({ at: z.string(), reason: z.string(), recording: actRecording }).nullable(),
})
export type RunbookRun = z.infer<typeof runbookRun>

export const runbookRunInput = z.object({ id: z.enum(runbookIds) })
export const runbookSignInput = z.object({
  runId: z.string(),
  /** By the step's id. */
  notes: z.record(z.string(), z.string().trim().max(500)),
  reason,
})
export type RunbookSignInput = z.infer<typeof runbookSignInput>
export const runbookPdfInput = z.object({ runId: z.string() })
/** Base64 of the file. */
export const runbookPdf = z.object({ pdf: z.string() })
