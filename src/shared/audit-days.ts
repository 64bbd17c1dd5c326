import { z } from 'zod'
import { auditFilters, auditOps } from './audit.ts'
import { zoneName } from './working-hours.ts'

const time = z.iso.datetime({ offset: true })

/** The days that are listed at most. */
export const dayLimit = 100

/** Days begin at midnight of `zone`. */
export const auditDaysInput = z.object({
  from: time.nullable(),
  to: time.nullable(),
  filters: auditFilters,
  zone: zoneName,
})
export type AuditDaysInput = z.infer<typeof auditDaysInput>

/** Days with events, the newest first, `from` inclusive, `to` exclusive; of each what was done to which table, the most first. */
export const auditDaysOutput = z.object({
  days: z.array(
    z.object({
      from: time,
      to: time,
      events: z.int(),
      counts: z.array(z.object({ op: z.enum(auditOps), table: z.string().nullable(), events: z.int() })),
    }),
  ),
  /** Days before those. */
  older: z.int(),
})
export type AuditDays = z.infer<typeof auditDaysOutput>
