import pg from 'pg'
import { ConsoleError, type ErrorCode } from '../../shared/errors.ts'
import type { HostAndPort } from '../../shared/profiles.ts'
import { connectionError, describeHost } from './connection-errors.ts'

/** Who spoke to whom: what messages name. */
export type ServerContext = { host: HostAndPort; database: string; user: string; role: string | null }

type Failure = {
  /** What the server said, in its own language. */
  said: string
  hint: string | undefined
  server: string
  context: ServerContext
  error: pg.DatabaseError
}

type Explanation = {
  code: ErrorCode
  message: (failure: Failure) => string
  remedy: string | ((failure: Failure) => string)
}

const said = (failure: Failure): string => sentence(failure.said)
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const orHint =
  (remedy: string) =>
  ({ hint }: Failure): string =>
    hint === undefined ? remedy : sentence(hint)

const lostServer: Explanation = {
  code: 'CONNECTION_LOST',
  message: ({ server, said }) => `The server at ${server} ended the connection: ${sentence(said)}`,
  remedy: 'Connect again when the server is back.',
}

const invalidValue = (what: string): Explanation => ({
  code: 'INVALID_INPUT',
  message: () => what,
  remedy: 'Correct the value.',
})

/**
 * SQLSTATE, or its class, in the console's words. Classes 22 and 23 carry row values in the server's message, so these get
 * words of their own. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const explanations: Record<string, Explanation> = {
  '08': lostServer,
  '0A': {
    code: 'INVALID_SQL',
    message: said,
    remedy: orHint('This server, or this kind of statement, cannot do that.'),
  },
  '22': invalidValue('A value does not fit its type.'),
  '22P02': invalidValue('A value is not written the way its type wants it.'),
  '22003': invalidValue('A number is out of the range of its type.'),
  '22007': invalidValue('A date or time is not written the way PostgreSQL reads it.'),
  '22008': invalidValue('A date or time is out of range.'),
  '22012': invalidValue('The statement divides by zero.'),
  '2201B': invalidValue('The regular expression is not valid.'),
  '22001': invalidValue('A text is longer than its column allows.'),
  '22021': {
    code: 'INVALID_INPUT',
    message: ({ context }) =>
      `Database "${context.database}" holds or was given text that is not valid in its encoding.`,
    remedy: 'Find the value with convert_to() or a cast to bytea, and correct it.',
  },
  '23': {
    code: 'CONSTRAINT',
    message: ({ error }) =>
      `${error.table === undefined ? 'A row' : `A row of table "${error.table}"`} breaks the constraint "${error.constraint ?? error.column ?? ''}".`,
    remedy: 'Correct the value that the constraint speaks of.',
  },
  '25006': {
    code: 'READ_ONLY',
    message: said,
    remedy: 'This session only reads: the server refuses what writes. Nothing was changed.',
  },
  '25': { code: 'INVALID_SQL', message: said, remedy: 'Run the statement by itself, outside a transaction.' },
  '25P03': lostServer,
  '2D': { code: 'INVALID_SQL', message: said, remedy: 'Run it without ending the transaction.' },
  '28P01': {
    code: 'AUTH_FAILED',
    message: ({ server, context }) =>
      `The server at ${server} does not accept this password for user "${context.user}".`,
    remedy: 'Check user and password. After a change of the password, type the new one in the profile.',
  },
  '28': {
    code: 'AUTH_FAILED',
    message: ({ server, said }) =>
      `The server at ${server} does not let this connection in: ${sentence(said)}`,
    remedy:
      'Check user, database and TLS mode; or have the administrator add a line for them to pg_hba.conf.',
  },
  '3D000': {
    code: 'DATABASE_NOT_FOUND',
    message: ({ server, context }) => `There is no database "${context.database}" on ${server}.`,
    remedy: 'Check the name of the database in the profile; upper and lower case matter.',
  },
  '40': {
    code: 'CONFLICT',
    message: said,
    remedy: orHint('Somebody else changed the same rows, or a standby had to go on. Run it again.'),
  },
  '42': { code: 'INVALID_SQL', message: said, remedy: orHint('Correct the statement.') },
  '42501': {
    code: 'PERMISSION_DENIED',
    message: ({ context, said }) => `Role "${context.role ?? context.user}": ${sentence(said)}`,
    remedy: 'Have its owner grant the privilege, or connect as a role that has it.',
  },
  '42P01': {
    code: 'NOT_FOUND',
    message: said,
    remedy: 'It may have been dropped or renamed. Reload the tree.',
  },
  '42703': { code: 'NOT_FOUND', message: said, remedy: orHint('The table may have changed. Reload it.') },
  '3F000': {
    code: 'NOT_FOUND',
    message: said,
    remedy: 'It may have been dropped or renamed. Reload the tree.',
  },
  '42704': {
    code: 'NOT_FOUND',
    message: said,
    remedy: 'It may have been dropped or renamed. Reload the tree.',
  },
  '53300': {
    code: 'TOO_MANY_CONNECTIONS',
    message: ({ server, said }) => `The server at ${server} has no connection left: ${sentence(said)}`,
    remedy:
      'Close what is not needed, or have max_connections or the limit of the role raised. The console needs two.',
  },
  '53100': { code: 'DISK_FULL', message: said, remedy: 'Free space on the disk of the server.' },
  '53': { code: 'SERVER_ERROR', message: said, remedy: 'The server is short of resources. Try again later.' },
  '54': { code: 'VALUE_TOO_LARGE', message: said, remedy: orHint('Read it in smaller parts.') },
  '55P03': {
    code: 'LOCK_TIMEOUT',
    message: ({ context }) => `Somebody else holds a lock in database "${context.database}" that this needs.`,
    remedy: 'Wait for the other transaction to end, or ask who runs it to end it.',
  },
  '55': {
    code: 'INVALID_SQL',
    message: said,
    remedy: orHint('Bring the object into the state that this needs.'),
  },
  '57014': {
    code: 'CANCELLED',
    message: () => 'Somebody cancelled the statement on the server.',
    remedy: 'Run it again when you need it.',
  },
  '57': lostServer,
  '57P03': {
    code: 'CONNECTION_LOST',
    message: ({ server, said }) => `The server at ${server} takes no connections now: ${sentence(said)}`,
    remedy: 'It is starting, stopping or recovering. Try again in a moment.',
  },
  '58': { code: 'SERVER_ERROR', message: said, remedy: 'The server failed by itself: its log tells more.' },
  P0: { code: 'SERVER_ERROR', message: said, remedy: orHint('A function in the database refused it.') },
  XX: { code: 'SERVER_ERROR', message: said, remedy: 'The server failed by itself: its log tells more.' },
}

const unknown: Explanation = {
  code: 'SERVER_ERROR',
  message: said,
  remedy: orHint('The log of the server tells more.'),
}

/** The node code of a value that no JavaScript string can hold (about 512 MB). */
const isTooLong = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG'

/** Whatever `pg` or a socket failed with, in the console's words, naming host, database, role and object. */
export const databaseError = (error: unknown, context: ServerContext): ConsoleError => {
  if (error instanceof ConsoleError) return error
  if (isTooLong(error)) {
    return new ConsoleError(
      'VALUE_TOO_LARGE',
      'A value is too large to be held as one text (more than 512 MB).',
      'Read it in parts, or export it with psql.',
      { cause: error },
    )
  }
  if (!(error instanceof pg.DatabaseError)) return connectionError(error, context.host)
  const sqlstate = error.code ?? ''
  const { code, message, remedy } = explanations[sqlstate] ?? explanations[sqlstate.slice(0, 2)] ?? unknown
  const failure: Failure = {
    said: error.message,
    hint: error.hint,
    server: describeHost(context.host),
    context,
    error,
  }
  return new ConsoleError(code, message(failure), typeof remedy === 'string' ? remedy : remedy(failure), {
    sqlstate,
    // The position counts characters of the statement as it was sent; the SQL editor marks it.
    ...(error.position === undefined ? {} : { detail: `position ${error.position}` }),
  })
}
