import { z } from 'zod'

/** Screen settings that outlive the window: theme, column layout per table. No secret and no row value belongs here. */
export const preferenceKey = z.string().regex(/^[a-z][a-z0-9./:_-]{0,200}$/i)
export const preferencesGetInput = z.object({ key: preferenceKey })
export const preferencesSetInput = z.object({ key: preferenceKey, value: z.json() })
/** Null when it was never set. */
export const preferencesGetOutput = z.json()
