import { loopback } from '../../shared/loopback.ts'
import { hostRefusal, hostUnreachable } from './host-refusal.ts'
import type { Transport } from './transport.ts'

const post = async (url: string, body: string, signal: AbortSignal | null): Promise<Response> => {
  const response = await fetch(url, {
    method: 'POST',
    body,
    signal,
    headers: {
      'content-type': 'application/json',
      [loopback.tabHeader]: sessionStorage.getItem(loopback.tabKey) ?? '',
    },
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : hostUnreachable(error)
  })
  // The router's own failures are for tRPC; these come from the host before or beside it.
  if (response.headers.has(loopback.refusedHeader)) throw hostRefusal(await response.json())
  return response
}

/** The transport of a page that was opened through the loopback host's link. */
export const loopbackTransport: Transport = {
  call: (input, init) =>
    post(
      input instanceof Request ? input.url : String(input),
      String(init?.body ?? ''),
      init?.signal ?? null,
    ),
  async pull(sessionId, resultId, signal) {
    const response = await post(loopback.pullPath, JSON.stringify({ sessionId, resultId }), signal)
    return { bytes: await response.bytes(), done: response.headers.get(loopback.doneHeader) === '1' }
  },
}
