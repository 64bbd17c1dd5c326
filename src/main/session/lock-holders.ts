import { ConsoleError } from '../../shared/errors.ts'
import type { LockHolder } from './control.ts'

const duration = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h`
}

const describe = ({ pid, user, application, seconds }: LockHolder): string =>
  [
    `backend ${pid}`,
    ...(user === null ? [] : [`of user "${user}"`]),
    ...(application === null || application === '' ? [] : [`with application "${application}"`]),
    ...(seconds === null ? [] : [`in a transaction of ${duration(seconds)}`]),
  ].join(' ')

/** A `LOCK_TIMEOUT` that says who holds the lock, as far as that was seen while the statement waited. */
export const namingHolders = (error: ConsoleError, holders: readonly LockHolder[]): ConsoleError =>
  error.code !== 'LOCK_TIMEOUT' || holders.length === 0
    ? error
    : new ConsoleError(
        'LOCK_TIMEOUT',
        `${error.message.replace(/\.$/, '')}: ${holders.map(describe).join(', ')}.`,
        'Wait for that transaction to end, or ask who runs it to end it.',
        { sqlstate: error.sqlstate, cause: error },
      )
