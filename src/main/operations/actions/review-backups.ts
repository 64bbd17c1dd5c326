import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { ActDone, ReviewBackupsInput } from '../../../shared/operations-actions.ts'
import type { Writer } from '../../session/writer.ts'
import { counted } from '../judging.ts'
import { recordAct } from './recording.ts'

/**
 * Records that a person looked at backups, with an event of its own that names them. Fails with `CONFLICT` where one of them is not in the
 * record, and as the server does where the role may not write to `ops.backup_review`.
 */
export const reviewBackups = (
  writer: Writer,
  { backups, verdict, nextDue, reason }: ReviewBackupsInput,
  signal: AbortSignal,
): Promise<ActDone> =>
  writer.write(reason, signal, async ({ query }) => {
    const found = await query(
      sql<{ tool: string; repository: string; label: string }>`
        SELECT tool, repository, label FROM ops.backup_run WHERE id = ANY (${backups}::bigint[]) ORDER BY started_at`,
    )
    if (found.length !== new Set(backups).size) {
      throw new ConsoleError(
        'CONFLICT',
        'Not all of these backups are in ops.backup_run. Nothing was recorded.',
        'Read the list again.',
      )
    }
    await query(sql`
      INSERT INTO ops.backup_review (backups, verdict, note, next_due)
      VALUES (${backups}::bigint[], ${verdict}, ${reason}, ${nextDue}::date)`)
    const recording = await recordAct(query, {
      what: 'review backups',
      scope: { backups: found, verdict, next_due: nextDue },
      reason,
    })
    return {
      text: `The review of ${counted(found.length, 'backup')} is recorded: ${verdict}. The next one is due on ${nextDue}.`,
      recording,
    }
  })
