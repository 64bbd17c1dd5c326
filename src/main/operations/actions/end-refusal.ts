import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EndWay } from '../../../shared/operations-actions.ts'
import type { FoundBackend } from './read-backend.ts'

/** What autovacuum says of a worker that nobody may stop: do_autovacuum(), autovacuum.c. Never translated. */
const antiWraparound = '(to prevent wraparound)'

const mayNot = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('FORBIDDEN', message, remedy)

/** Why the console does not end a backend; null: it may. Asked for the plan and once more before the act. Pure. */
export const endRefusal = (
  { backend, rights }: FoundBackend,
  how: EndWay,
  ownPids: readonly number[],
): ConsoleError | null => {
  const { pid, backendType, state, query, user, application } = backend
  const { isConsole, isOfSuperuser, leader, me, amSuperuser, isMine, maySignal, maySignalAutovacuum } = rights
  if (ownPids.includes(pid)) {
    return mayNot(
      `Backend ${pid} is this very session of the console.`,
      'Cancel the job or close the session instead.',
    )
  }
  if (isConsole) {
    return mayNot(
      `Backend ${pid} is a console that only asks. Its statements end by themselves.`,
      'Close that console, if it is too much for the server.',
    )
  }
  switch (backendType) {
    case 'client backend':
      break
    case 'walsender':
      return mayNot(
        `Backend ${pid} sends WAL to ${application ?? 'a standby'}: ended, it would be back at once, and copies would fall behind.`,
        'Stop the standby or the subscriber itself.',
      )
    case 'parallel worker':
      return mayNot(
        `Backend ${pid} is a parallel worker${leader === null ? '' : ` of backend ${leader}`}.`,
        leader === null
          ? 'End its leader instead.'
          : `End backend ${leader} instead: its workers end with it.`,
      )
    case 'autovacuum worker':
      if (query?.includes(antiWraparound) === true) {
        return mayNot(
          `Backend ${pid} vacuums to prevent wraparound: stopped, it begins anew, and a server that it does not get to do so refuses all writes in the end.`,
          'Let it finish. Raise autovacuum_vacuum_cost_limit if it takes too long, and end what blocks it.',
        )
      }
      if (how === 'terminate') {
        return mayNot(
          `Backend ${pid} is an autovacuum worker: another one takes its place.`,
          'Cancel what it does, so that it goes on with another table.',
        )
      }
      // Since 14.10, 15.5 and 16.1 pg_signal_backend is not enough.
      return amSuperuser || maySignalAutovacuum
        ? null
        : new ConsoleError(
            'PERMISSION_DENIED',
            `${me} may not cancel an autovacuum worker.`,
            'Let a superuser do it; since PostgreSQL 18 members of pg_signal_autovacuum_worker may, too.',
          )
    default:
      return mayNot(
        `Backend ${pid} (${backendType ?? 'of an unknown kind'}) belongs to the server itself.`,
        'What it does is governed by settings, subscriptions and extensions.',
      )
  }
  if (how === 'cancel' && state !== 'active') {
    return new ConsoleError(
      'CONFLICT',
      `Backend ${pid} runs nothing at the moment (${state ?? 'no state'}): there is no statement to cancel.`,
      'Terminate the session, if its transaction stands in the way.',
    )
  }
  if (isOfSuperuser && !amSuperuser) {
    return new ConsoleError(
      'PERMISSION_DENIED',
      `Backend ${pid} belongs to ${user ?? 'a role'}, a superuser, whom only superusers may end; ${me} is none.`,
      'Let a superuser do it, or ask who runs it.',
    )
  }
  return amSuperuser || isMine || maySignal
    ? null
    : new ConsoleError(
        'PERMISSION_DENIED',
        `${me} may not end backends of ${user ?? 'others'}.`,
        `Let a superuser run: GRANT pg_signal_backend TO ${pg.escapeIdentifier(me)};`,
      )
}
