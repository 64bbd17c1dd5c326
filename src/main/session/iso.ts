import { type RawBuilder, sql } from 'kysely'

/** A moment in ISO 8601, UTC, to the microsecond. */
export const iso = (time: RawBuilder<unknown>): RawBuilder<string> =>
  sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
