import { ConsoleError, cancelled } from '../../shared/errors.ts'
import type { PulledBatch } from '../../shared/rows.ts'

/** A result whose next batch lies ready this long without being pulled is closed: it holds a snapshot and a connection. */
const unreadLimit = 5000
/** Open results of one session. One more closes the one that was pulled longest ago. */
const openLimit = 32
const pullsInFlight = 2

/** Results that are being read, each a paused source of batches. */
export type Results = {
  /**
   * Takes the source over: its first batch is fetched at once, and from then on one batch ahead of the pulls. Each batch
   * must own its buffer, since it is handed over to another thread. `abort` ends what the source waits for on closing.
   */
  add(source: AsyncGenerator<Uint8Array, void, void>, abort?: AbortController): string
  /**
   * The next batch; the source's own failure arrives here. Fails with `RESULT_CLOSED` when the result was closed or has
   * ended, with `CANCELLED` when `signal` fires first: then the batch stays for the next pull.
   */
  pull(resultId: string, signal: AbortSignal): Promise<PulledBatch>
  close(resultId: string): Promise<void>
  closeAll(): Promise<void>
}

type Step = { ended: false; bytes: Uint8Array } | { ended: true } | { ended: true; error: unknown }

type Open = {
  source: AsyncGenerator<Uint8Array, void, void>
  abort: AbortController | undefined
  ahead: Promise<Step>
  pulls: number
  turn: Promise<unknown>
  unread: NodeJS.Timeout | undefined
}

const closedError = (because: string): ConsoleError =>
  new ConsoleError('RESULT_CLOSED', `The result was closed: ${because}.`, 'Load it again to read on.')

const step = async (source: Open['source']): Promise<Step> => {
  try {
    const next = await source.next()
    return next.done === true ? { ended: true } : { ended: false, bytes: next.value }
  } catch (error) {
    return { ended: true, error }
  }
}

const isReady = async (ahead: Promise<Step>): Promise<Step | null> => {
  const turn = new Promise<null>((resolve) => setImmediate(() => resolve(null)))
  return Promise.race([ahead, turn])
}

const orAborted = <Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  if (signal.aborted) return Promise.reject(cancelled('Reading the result'))
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled('Reading the result'))
    signal.addEventListener('abort', abort, { once: true })
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

export const createResults = (): Results => {
  /** In the order of their last pull. */
  const open = new Map<string, Open>()
  /** Why results are gone that nobody closed on purpose. */
  const reasons = new Map<string, string>()
  let lastId = 0

  const end = async (resultId: string, because: string | null): Promise<void> => {
    const result = open.get(resultId)
    if (result === undefined) return
    open.delete(resultId)
    clearTimeout(result.unread)
    if (because !== null) {
      reasons.set(resultId, because)
      const [oldest] = reasons.keys()
      if (reasons.size > openLimit && oldest !== undefined) reasons.delete(oldest)
    }
    result.abort?.abort()
    // A source that was aborted may fail while it ends; nobody waits for what it had to say.
    await result.source.return().catch(() => undefined)
  }

  /** Starts the clock as soon as a batch lies ready that nobody waits for. */
  const watchUnread = (resultId: string, result: Open): void => {
    const { ahead } = result
    void ahead.then((next) => {
      if (next.ended || result.pulls > 0 || result.ahead !== ahead || !open.has(resultId)) return
      clearTimeout(result.unread)
      result.unread = setTimeout(
        () => void end(resultId, `nobody read on for ${unreadLimit / 1000} seconds`),
        unreadLimit,
      )
      result.unread.unref()
    })
  }

  const take = async (resultId: string, result: Open, signal: AbortSignal): Promise<PulledBatch> => {
    const next = await orAborted(result.ahead, signal)
    if (!open.has(resultId)) throw closedError(reasons.get(resultId) ?? 'it is no longer open')
    if (next.ended) {
      open.delete(resultId)
      if ('error' in next) throw next.error
      return { bytes: new Uint8Array(0), done: true }
    }
    result.ahead = step(result.source)
    const after = await isReady(result.ahead)
    const done = after?.ended === true && !('error' in after)
    if (done) open.delete(resultId)
    return { bytes: next.bytes, done }
  }

  return {
    add(source, abort) {
      const resultId = String(++lastId)
      const [oldest] = open.keys()
      if (open.size >= openLimit && oldest !== undefined) {
        void end(oldest, `more than ${openLimit} results were open`)
      }
      const result: Open = {
        source,
        abort,
        ahead: step(source),
        pulls: 0,
        turn: Promise.resolve(),
        unread: undefined,
      }
      open.set(resultId, result)
      watchUnread(resultId, result)
      return resultId
    },

    async pull(resultId, signal) {
      const result = open.get(resultId)
      if (result === undefined) throw closedError(reasons.get(resultId) ?? 'it was read to its end or closed')
      if (result.pulls >= pullsInFlight) {
        throw new ConsoleError(
          'INVALID_INPUT',
          `More than ${pullsInFlight} batches of one result were asked for at once.`,
          'Wait for a batch before asking for the next but one.',
        )
      }
      open.delete(resultId)
      open.set(resultId, result)
      clearTimeout(result.unread)
      result.pulls += 1
      const batch = result.turn.then(() => take(resultId, result, signal))
      result.turn = batch.catch(() => undefined)
      try {
        return await batch
      } finally {
        result.pulls -= 1
        watchUnread(resultId, result)
      }
    },

    close: (resultId) => end(resultId, null),

    async closeAll() {
      await Promise.all([...open.keys()].map((resultId) => end(resultId, 'its session ended')))
    },
  }
}
