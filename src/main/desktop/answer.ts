import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import { type IpcAnswer, type IpcMessage, ipcMessage } from '../../shared/ipc.ts'
import { feedUpload, handleCall, pullBatch } from '../api/handle.ts'
import type { HostContext } from '../api/trpc.ts'

/** What the window asked for and has not got yet. */
export type IpcAnswers = {
  /** Never rejects: a failure is an answer too. */
  answer(message: unknown): Promise<IpcAnswer>
  /** The page is gone, or begins anew: ends what was asked for it. */
  abortAll(): void
}

/** Answers the messages of one window. The context may still be on its way: the window does not wait for it. */
export const createIpcAnswers = (context: Promise<HostContext>): IpcAnswers => {
  const running = new Map<number, AbortController>()

  const work = async (
    message: Exclude<IpcMessage, { kind: 'abort' }>,
    signal: AbortSignal,
  ): Promise<IpcAnswer> => {
    if (message.kind === 'pull')
      return { kind: 'pulled', ...(await pullBatch(message, await context, signal)) }
    if (message.kind === 'feed') {
      const { kind: _, id: __, bytes, ...input } = message
      return { kind: 'fed', want: await feedUpload(input, bytes, await context, signal) }
    }
    const call = new Request(`http://console${message.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: message.body,
      signal,
    })
    const response = await handleCall(call, await context)
    return { kind: 'called', status: response.status, body: await response.text() }
  }

  return {
    async answer(raw) {
      const parsed = ipcMessage.safeParse(raw)
      if (!parsed.success) return { kind: 'failed', error: malformed().toShape() }
      const message = parsed.data
      if (message.kind === 'abort') {
        running.get(message.id)?.abort()
        return { kind: 'aborted' }
      }
      const controller = new AbortController()
      running.set(message.id, controller)
      try {
        return await work(message, controller.signal)
      } catch (error) {
        return { kind: 'failed', error: toErrorShape(error) }
      } finally {
        // A reloaded page counts from the start again: the entry may be another call's by now.
        if (running.get(message.id) === controller) running.delete(message.id)
      }
    },
    abortAll() {
      for (const controller of running.values()) controller.abort()
      running.clear()
    },
  }
}

const malformed = (): ConsoleError =>
  new ConsoleError('INVALID_INPUT', 'The window sent a message of the wrong shape.', 'Reload the window.')
