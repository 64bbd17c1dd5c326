import { loopback } from '../../shared/loopback.ts'
import { hostRefusal, hostUnreachable } from './host-refusal.ts'
import type { Transport } from './transport.ts'

const post = async (
  url: string,
  body: string | Blob,
  signal: AbortSignal | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Response> => {
  const response = await fetch(url, {
    method: 'POST',
    body,
    signal,
    headers: {
      ...headers,
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
  // The browser reads the file by itself: its bytes never come into the page.
  async feed(input, slice, signal) {
    const response = await post(loopback.feedPath, slice, signal, {
      'content-type': 'application/octet-stream',
      [loopback.feedHeader]: JSON.stringify(input),
    })
    return response.json()
  },
}
