import { initTRPC, type TRPCError } from '@trpc/server'
import { ConsoleError, cancelled, toErrorShape } from '../../shared/errors.ts'
import { sessionInput } from '../../shared/sessions.ts'
import type { SigningKeys } from '../audit/evidence/signing-key.ts'
import type { Preferences } from '../session/preferences.ts'
import type { Profiles } from '../session/profiles.ts'
import type { Sessions } from './sessions.ts'

/** What the host gives to every procedure. */
export type HostContext = {
  profiles: Profiles
  sessions: Sessions
  preferences: Preferences
  signingKeys: SigningKeys
}

const trpc = initTRPC.context<HostContext>().create({
  /** Only `ConsoleError`'s shape leaves the process: tRPC's own data holds the path, never input or stack. */
  errorFormatter: ({ shape, error }) => ({
    code: shape.code,
    message: shape.message,
    data: { consoleError: toErrorShape(consoleErrorOf(error)) },
  }),
})

/** tRPC's own failures (input that does not parse, an unknown path) in the console's words. */
const consoleErrorOf = (error: TRPCError): unknown => {
  if (error.cause instanceof ConsoleError) return error.cause
  if (error.code === 'BAD_REQUEST' || error.code === 'PARSE_ERROR') {
    return new ConsoleError(
      'INVALID_INPUT',
      'The console was sent input of the wrong shape.',
      'Reload the window.',
    )
  }
  if (error.code === 'NOT_FOUND') {
    return new ConsoleError(
      'NOT_FOUND',
      'The console has no such procedure.',
      'Reload the window: it may be older than its host.',
    )
  }
  if (error.code === 'CLIENT_CLOSED_REQUEST') return cancelled()
  return error.cause ?? error
}

export const router = trpc.router

/** A procedure of the host itself. */
export const procedure = trpc.procedure

/**
 * A procedure of an open session: its resolver finds the session's services and profile in the context and a signal that fires when
 * the caller gives up.
 */
export const sessionProcedure = trpc.procedure.input(sessionInput).use(({ ctx, input, signal, next }) => {
  const { services, state } = ctx.sessions.get(input.sessionId)
  return next({
    ctx: { services, profileId: state.profileId, signal: signal ?? new AbortController().signal },
  })
})
