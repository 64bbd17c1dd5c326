import { z } from 'zod'

/** Every way in which the console fails. The screen chooses its words and actions by code, never by message. */
export const errorCodes = [
  'CONNECTION_LOST',
  'CONNECTION_REFUSED',
  'HOST_NOT_FOUND',
  'CONNECT_TIMEOUT',
  'NO_SUITABLE_HOST',
  'AUTH_FAILED',
  'AUTH_METHOD_REFUSED',
  'DATABASE_NOT_FOUND',
  'TOO_MANY_CONNECTIONS',
  'TLS_UNTRUSTED',
  'TLS_EXPIRED',
  'TLS_WRONG_HOST',
  'TLS_NOT_OFFERED',
  'TLS_FAILED',
  'PERMISSION_DENIED',
  'READ_ONLY',
  'STATEMENT_TIMEOUT',
  'LOCK_TIMEOUT',
  'CONFLICT',
  'CONFIRMATION_REQUIRED',
  'CHECKSUM_MISMATCH',
  'MIGRATION_FAILED',
  'MIGRATION_LOCKED',
  'CONSTRAINT',
  'INVALID_INPUT',
  'INVALID_SQL',
  'NOT_FOUND',
  'VALUE_TOO_LARGE',
  'RESULT_CLOSED',
  'SESSION_LOST',
  'SESSION_CLOSED',
  'KEYCHAIN_LOCKED',
  'KEYCHAIN_MISSING',
  'STORAGE_REFUSED',
  'STORAGE_UNREACHABLE',
  'DISK_FULL',
  'ALREADY_RUNNING',
  'SANDBOX_FAILED',
  'FORBIDDEN',
  'SERVER_ERROR',
  'CANCELLED',
  'INTERNAL',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The only shape in which a failure crosses a process border. Never holds a stack, a secret or a parameter value. */
export const consoleErrorShape = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  sqlstate: z.string().optional(),
  detail: z.string().optional(),
})

export type ConsoleErrorShape = z.infer<typeof consoleErrorShape>

/**
 * A failure that a person can act on: `message` names the thing and what happened, `remedy` says what to do next.
 *
 * @example throw new ConsoleError('NOT_FOUND', 'Table "public"."orders" no longer exists.', 'Reload the tree.')
 */
export class ConsoleError extends Error {
  readonly code: ErrorCode
  readonly remedy: string
  readonly sqlstate: string | undefined
  readonly detail: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    remedy: string,
    more: { sqlstate?: string | undefined; detail?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'ConsoleError'
    this.code = code
    this.remedy = remedy
    this.sqlstate = more.sqlstate
    this.detail = more.detail
  }

  toShape(): ConsoleErrorShape {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.sqlstate === undefined ? {} : { sqlstate: this.sqlstate }),
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    }
  }

  static fromShape(shape: ConsoleErrorShape): ConsoleError {
    return new ConsoleError(shape.code, shape.message, shape.remedy, shape)
  }
}

/** The cancellation of a request by the person who made it. */
export const cancelled = (what = 'The request'): ConsoleError =>
  new ConsoleError('CANCELLED', `${what} was cancelled.`, 'Run it again when you need it.')

/** Anything that was thrown, as a shape. What is not a `ConsoleError` is a fault of ours: its text stays inside. */
export const toErrorShape = (error: unknown): ConsoleErrorShape =>
  error instanceof ConsoleError
    ? error.toShape()
    : {
        code: 'INTERNAL',
        message: `The console failed in a way it did not foresee (${error instanceof Error ? error.name : typeof error}).`,
        remedy: 'Try again. If it happens again, report it with the steps that led here.',
      }
