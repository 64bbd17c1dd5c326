import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { WaiveFindingInput } from '../../../shared/operations-actions.ts'
import type { Writer } from '../../session/writer.ts'

/**
 * Writes down who accepts a finding, why and until when, or that nobody does any more (`until` null). The row is an event of the audit
 * trail. Fails with `INVALID_INPUT` for a day that is past, and as the server does without the table or the right.
 */
export const waiveFinding = async (
  writer: Writer,
  { probe, finding, until, reason }: WaiveFindingInput,
  signal: AbortSignal,
): Promise<{ text: string }> =>
  writer.write(reason, signal, async ({ query }) => {
    const rows = await query(sql`
      INSERT INTO ops.finding_waiver (probe, finding, reason, until)
      SELECT ${probe}, ${finding}, ${reason}, ${until}::date
       WHERE coalesce(${until}::date >= (clock_timestamp() AT TIME ZONE 'UTC')::date, true)
      RETURNING 1`)
    if (rows.length === 0) {
      throw new ConsoleError(
        'INVALID_INPUT',
        `${until} is past: such a waiver would never hold.`,
        'Name today or a later day.',
      )
    }
    return { text: until === null ? 'The finding counts again.' : `The finding is accepted until ${until}.` }
  })
