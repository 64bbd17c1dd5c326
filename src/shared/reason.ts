import { z } from 'zod'

export const reasonLimits = { min: 3, max: 500 } as const

/** Why somebody writes: kept beside what was written, and shown to auditors as it was typed. */
export const reason = z.string().trim().min(reasonLimits.min).max(reasonLimits.max)
