import { z } from 'zod'
import { reason } from './reason.ts'
import { runbookRun } from './runbooks.ts'

/** One of the two log-ins of the application that take turns. */
export const rotationLogin = z.object({
  name: z.string(),
  mayLogIn: z.boolean(),
  /** From when on its password is refused, ISO 8601 UTC; null: never. */
  validUntil: z.string().nullable(),
  /** On all databases of the server. */
  sessions: z.int(),
  /** When the oldest of them began, and what they call themselves; null and empty where the role may not see it. */
  since: z.string().nullable(),
  applications: z.array(z.string()),
  /** Why this session's role may not alter it; null: it may. */
  refusal: z.string().nullable(),
})
export type RotationLogin = z.infer<typeof rotationLogin>

export const rotationState = z.object({
  at: z.string(),
  /** Both, or none where there is no such pair. */
  logins: z.array(rotationLogin),
  /** Why nothing can be rotated over this session; null: it can. */
  refusal: z.string().nullable(),
  /** The rotation under way: the newest run that closed no log-in yet and is not signed. */
  run: runbookRun.nullable(),
  /** The log-in that got a new password in it. */
  fresh: z.string().nullable(),
  /** This session has its password still. */
  hasPassword: z.boolean(),
})
export type RotationState = z.infer<typeof rotationState>

export const rotationPasswordInput = z.object({ login: z.string(), reason })
export type RotationPasswordInput = z.infer<typeof rotationPasswordInput>

export const rotationCloseInput = z.object({
  login: z.string(),
  /** Hours after which its password is refused; null: now, and its password is taken away. */
  graceHours: z.int().min(1).max(720).nullable(),
  /** The log-in, as the person typed it. */
  confirmation: z.string(),
  reason,
})
export type RotationCloseInput = z.infer<typeof rotationCloseInput>

/** What was done, in numbers. */
export const rotationClosed = z.object({ runId: z.string(), text: z.string() })
export type RotationClosed = z.infer<typeof rotationClosed>
