import { z } from 'zod'
import { auditFilters } from './audit.ts'

const time = z.iso.datetime({ offset: true }).nullable()

/** A stretch of time, `from` inclusive and `to` exclusive, in ISO 8601; null is open. */
const auditPeriod = z.object({ from: time, to: time, title: z.string().max(200) })

/** What of the audit log is shown, as it is kept. */
export const savedAuditState = z.object({ period: auditPeriod, filters: auditFilters })
export type SavedAuditState = z.infer<typeof savedAuditState>

export const filterName = z.string().trim().min(1).max(80)

/** Saved filters that are listed at most; one more tells that there are more. */
export const savedFilterLimit = 200

export const savedAuditFilters = z.array(
  z.object({
    name: filterName,
    owner: z.string(),
    mine: z.boolean(),
    /** Null: another version of the console wrote it, and this one cannot read it. */
    state: savedAuditState.nullable(),
  }),
)
export type SavedAuditFilters = z.infer<typeof savedAuditFilters>

/** One's own filter of this name is replaced. */
export const saveAuditFilterInput = z.object({ name: filterName, state: savedAuditState })
export type SaveAuditFilterInput = z.infer<typeof saveAuditFilterInput>

export const forgetAuditFilterInput = z.object({ name: filterName })
