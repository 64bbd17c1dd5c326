import { cancelled } from '../../shared/errors.ts'
import type { ConsoleBridge, IpcAnswer, IpcMessage } from '../../shared/ipc.ts'
import { hostRefusal } from './host-refusal.ts'
import type { Transport } from './transport.ts'

/** The transport of the desktop window: messages over the preload script's one channel. */
export const desktopTransport = (bridge: ConsoleBridge): Transport => {
  let nextId = 1

  const send = async (
    message: (id: number) => IpcMessage,
    signal: AbortSignal | null | undefined,
  ): Promise<IpcAnswer> => {
    if (signal?.aborted) throw cancelled()
    const id = nextId++
    const abort = () => void bridge.send({ kind: 'abort', id })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await bridge.send(message(id))
    } finally {
      signal?.removeEventListener('abort', abort)
      signal?.throwIfAborted()
    }
  }

  return {
    async call(input, init) {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input), location.href)
      const answer = await send(
        (id) => ({ kind: 'call', id, path: pathname, body: String(init?.body ?? '') }),
        init?.signal,
      )
      if (answer.kind !== 'called') throw hostRefusal(answer.kind === 'failed' ? answer.error : answer)
      return new Response(answer.body, {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
      })
    },
    async pull(sessionId, resultId, signal) {
      const answer = await send((id) => ({ kind: 'pull', id, sessionId, resultId }), signal)
      if (answer.kind !== 'pulled') throw hostRefusal(answer.kind === 'failed' ? answer.error : answer)
      return { bytes: answer.bytes, done: answer.done }
    },
    async feed(input, slice, signal) {
      const bytes = new Uint8Array(await slice.arrayBuffer())
      const answer = await send((id) => ({ kind: 'feed', id, ...input, bytes }), signal)
      if (answer.kind !== 'fed') throw hostRefusal(answer.kind === 'failed' ? answer.error : answer)
      return answer.want
    },
  }
}
