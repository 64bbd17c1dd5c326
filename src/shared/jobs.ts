import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'

export const jobKinds = [
  'migrate',
  'drift',
  'round-trip',
  'baseline',
  'provision',
  'verify-trail',
  'check-trail',
  'export-evidence',
  'verify-signatures',
  'reconcile-documents',
  'maintain',
  'failover',
] as const

/** How far a job is, in units that mean something: statements, objects, bytes. `total` null: not known. */
export const jobProgress = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  /** What is under way, in a few words. */
  what: z.string(),
})
export type JobProgress = z.infer<typeof jobProgress>

/** Long work of a session. It goes on when the screen is left, and ends with the session. Times are ISO 8601 UTC. */
export const jobState = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  title: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  progress: jobProgress.nullable(),
  /** The last lines it said, in their order. */
  log: z.array(z.string()),
  /** Of a job that is done; its shape belongs to its kind. */
  result: z.unknown(),
  error: consoleErrorShape.nullable(),
})
export type JobState = z.infer<typeof jobState>

export const jobInput = z.object({ jobId: z.string() })
