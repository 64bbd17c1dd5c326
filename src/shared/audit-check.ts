import { z } from 'zod'

/** One thing about the recording that was looked at. `problem` null: as it should be. */
export const trailCheck = z.object({
  id: z.enum([
    'triggers',
    'functions',
    'subscriptions',
    'event-triggers',
    'append-only',
    'months',
    'sealing',
    'owners',
    'rows',
  ]),
  title: z.string(),
  /** What is wrong, one line each. */
  problems: z.array(z.string()),
  /** What the problem is worth: a warning is of the future, a fault of the past. */
  severity: z.enum(['fault', 'warning']),
})
export type TrailCheck = z.infer<typeof trailCheck>
