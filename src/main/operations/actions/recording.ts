import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import type { ActRecording } from '../../../shared/operations-actions.ts'
import type { Writing } from '../../session/writer.ts'

type Trail = { user: string; inRecovery: boolean; isThere: boolean; mayRecord: boolean }

/** By the catalogs: `to_regprocedure` fails for who may not use the schema. */
export const readTrail = async (query: Writing['query']): Promise<Trail> => {
  const [trail] = await query(
    sql<Trail>`
      SELECT current_user::text AS "user",
             pg_is_in_recovery() AS "inRecovery",
             count(p.oid) > 0 AS "isThere",
             coalesce(bool_or(has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')), false) AS "mayRecord"
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
       WHERE n.nspname = 'audit' AND p.proname = 'record_access'
         AND oidvectortypes(p.proargtypes) = 'text, jsonb, text'`,
  )
  if (trail === undefined) throw new Error('an aggregate has a row')
  return trail
}

const describe = ({ user, inRecovery, isThere, mayRecord }: Trail): ActRecording => {
  if (!isThere) {
    return {
      isRecorded: false,
      text: 'Not recorded: this database has no audit trail. Keep the reason elsewhere.',
    }
  }
  if (inRecovery) {
    return {
      isRecorded: false,
      text: 'Not recorded: a standby takes no writes, the audit trail neither. Keep the reason elsewhere.',
    }
  }
  return mayRecord
    ? { isRecorded: true, text: 'Recorded in the audit trail with its reason, before it is done.' }
    : { isRecorded: false, text: `Refused: ${user} may not record it in the audit trail of this database.` }
}

/** Whether an act will be recorded. Where there is a trail that the role may not write to, `recordAct` refuses the act. */
export const readRecording = async (query: Writing['query']): Promise<ActRecording> =>
  describe(await readTrail(query))

/**
 * Leaves an event of an act that is about to be done, in the transaction of `query`. Its scope never holds the text of a statement, which
 * may hold values. Fails with `PERMISSION_DENIED` where the database has a trail and the role may not write to it.
 */
export const recordAct = async (
  query: Writing['query'],
  { what, scope, reason }: { what: string; scope: Record<string, unknown>; reason: string },
): Promise<ActRecording> => {
  const trail = await readTrail(query)
  const recording = describe(trail)
  if (recording.isRecorded) {
    await query(sql`SELECT audit.record_access(${what}, ${JSON.stringify(scope)}::jsonb, ${reason})`)
  } else if (trail.isThere && !trail.inRecovery) {
    throw new ConsoleError(
      'PERMISSION_DENIED',
      `${recording.text} Nothing was done.`,
      'Connect as a member of viruj_dba, so that it is known who did it and why.',
    )
  }
  return recording
}
