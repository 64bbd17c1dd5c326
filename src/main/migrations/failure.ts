import { ConsoleError, type ErrorCode } from '../../shared/errors.ts'
import { databaseError, type ServerContext } from '../session/database-errors.ts'
import { StatementFailure } from './send.ts'

/** What a caller handles by its own code; all else is a migration that failed. */
const kept: readonly ErrorCode[] = [
  'LOCK_TIMEOUT',
  'CANCELLED',
  'CONNECTION_LOST',
  'PERMISSION_DENIED',
  'READ_ONLY',
  'DISK_FULL',
]

export const isLockTimeout = (error: unknown): boolean =>
  error instanceof StatementFailure && error.sqlstate === '55P03'

/**
 * A failure on the way, in words that name file and line.
 * @param place file, and line of the statement
 * @param left what the database is left with, in one sentence
 */
export const migrationFailure = (
  error: unknown,
  { context, place, left }: { context: ServerContext; place: string; left: string },
): ConsoleError => {
  const reason = error instanceof StatementFailure ? error.reason : databaseError(error, context)
  return new ConsoleError(
    kept.includes(reason.code) ? reason.code : 'MIGRATION_FAILED',
    `${place}: ${reason.message}`,
    // What is missing is missing for the file, not on a screen that could be loaded again.
    `${left} ${reason.code === 'NOT_FOUND' ? 'Correct the file, then run it again.' : reason.remedy}`,
    { sqlstate: reason.sqlstate, cause: error },
  )
}
