import { initStatements, initTrail } from '../audit/trail/init.ts'
import { erpMigrationsFolder } from '../migrations/folder.ts'
import type { Session } from '../session/session.ts'

/** Makes the trail in a database of others, or prints the SQL that would make it. `made`: whether it was made. */
export const initAudit = async (
  session: Session,
  options: { dryRun: boolean; reason: () => string },
  signal: AbortSignal,
): Promise<{ made: boolean; text: string }> => {
  const folder = erpMigrationsFolder()
  if (options.dryRun) {
    return { made: false, text: ['begin;', ...(await initStatements(folder)), 'commit;'].join('\n') }
  }
  await initTrail(session, { folder, reason: options.reason() }, signal)
  return {
    made: true,
    text: 'The audit trail is made. Nothing is recorded yet: name each table with "audit track".',
  }
}
