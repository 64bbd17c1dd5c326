import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { z } from 'zod'
import { chunkSize, type FeedWant, feedInput } from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { PulledBatch } from '../../shared/rows.ts'
import { appRouter } from './router.ts'
import type { HostContext } from './trpc.ts'

/** Path below which both hosts serve the router. Every call is a POST: no input ever stands in a URL. */
export const rpcPath = '/rpc'

/** Answers one call of the router; both hosts use it, after they have checked who asks. */
export const handleCall = (request: Request, context: HostContext): Promise<Response> =>
  fetchRequestHandler({
    endpoint: rpcPath,
    req: request,
    router: appRouter,
    createContext: () => context,
    allowMethodOverride: true,
    allowBatching: false,
  })

export const pullInput = z.object({ sessionId: z.string(), resultId: z.string() })

/** The next batch of an open result. Fails with `RESULT_CLOSED` when it was closed or has ended. */
export const pullBatch = (
  input: unknown,
  context: HostContext,
  signal: AbortSignal,
): Promise<PulledBatch> => {
  const parsed = pullInput.safeParse(input)
  if (!parsed.success) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'A batch was asked for without its session and result.',
      'Reload the window.',
    )
  }
  const { sessionId, resultId } = parsed.data
  return context.sessions.get(sessionId).services.results.pull({ resultId }, signal)
}

/** Bytes of an upload that the page hands over; tells which it shall hand over next. */
export const feedUpload = async (
  input: unknown,
  bytes: Uint8Array,
  context: HostContext,
  signal: AbortSignal,
): Promise<FeedWant> => {
  const parsed = feedInput.safeParse(input)
  if (!parsed.success || bytes.byteLength > chunkSize) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'Bytes came without saying of which upload they are, or too many at once.',
      'Reload the window.',
    )
  }
  const { sessionId, ...feed } = parsed.data
  return context.sessions.get(sessionId).services.documents.feed({ ...feed, bytes }, signal)
}
