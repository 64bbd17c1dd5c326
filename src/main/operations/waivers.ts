import { sql } from 'kysely'
import type { FindingWaiver } from '../../shared/operations.ts'
import type { Database } from '../session/database.ts'

/** Where accepted findings stand; migration 0023 makes it. */
export const waiverTable = 'ops.finding_waiver'

/** Findings as their check words them: one that reads otherwise is another one. */
export const findingKey = (probe: string, finding: string): string => `${probe} ${finding}`

type Row = FindingWaiver & { probe: string; finding: string }

/** Who accepts which finding now, by `findingKey`. A waiver holds through its last day, in UTC as the server's clock has it. */
export const readWaivers = async (
  database: Database,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FindingWaiver>> => {
  const rows = await database.query(
    sql<Row>`
      SELECT probe, finding, reason, until::text AS "until", made_by AS "by"
        FROM (SELECT DISTINCT ON (probe, finding) probe, finding, reason, until, made_by
                FROM ops.finding_waiver ORDER BY probe, finding, id DESC) AS newest
       WHERE until >= (clock_timestamp() AT TIME ZONE 'UTC')::date`,
    { signal },
  )
  return new Map(rows.map(({ probe, finding, ...waiver }) => [findingKey(probe, finding), waiver]))
}
