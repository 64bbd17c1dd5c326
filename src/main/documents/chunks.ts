import { setTimeout as wait } from 'node:timers/promises'
import { chunkSize, type FeedWant } from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'

/** Milliseconds after which a page that asks what is wanted is told to ask again. */
const askAgain = 20_000

type Want = {
  offset: number
  length: number
  resolve: (bytes: Uint8Array) => void
  reject: (error: Error) => void
}

/**
 * The bytes of a file that only a page can read. The console says which it wants, the page brings them: one chunk is on its way
 * while the one before is worked on, and never more.
 */
export const createChunks = (size: number) => {
  let want: Want | null = null
  let ended = false
  let resting = false
  /** Pages that wait to be told what is wanted. */
  let asking = 0
  /** When a page last asked, or bytes were first wanted that no page was told of. */
  let hungrySince = 0
  let changed = Promise.withResolvers<void>()

  const wake = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  const read = (offset: number, signal: AbortSignal): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const give = () => {
        signal.removeEventListener('abort', abort)
        want = null
      }
      const abort = () => {
        give()
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      hungrySince = performance.now()
      want = {
        offset,
        length: Math.min(chunkSize, size - offset),
        resolve: (bytes) => {
          give()
          resolve(bytes)
        },
        reject: (error) => {
          give()
          reject(error)
        },
      }
      wake()
    })

  return {
    /** The file from a chunk's beginning to its end, or to the one before `to`. Returning early leaves nothing behind. */
    async *from(offset: number, to: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
      const stop = new AbortController()
      const both = AbortSignal.any([signal, stop.signal])
      const next = (at: number) => {
        const bytes = at < to ? read(at, both) : null
        // Nobody may be waiting any more when it fails.
        bytes?.catch(() => undefined)
        return bytes
      }
      try {
        let ahead = next(offset)
        for (let at = offset; ahead !== null; ) {
          const bytes = await ahead
          at += bytes.byteLength
          ahead = next(at)
          yield bytes
        }
      } finally {
        stop.abort()
      }
    },

    /** Takes what the page brought and says what is wanted next. */
    async feed(
      { offset, bytes }: { offset: number; bytes: Uint8Array },
      signal: AbortSignal,
    ): Promise<FeedWant> {
      hungrySince = performance.now()
      // Bytes that nobody asked for are those of a page that was slower than a pause or a retry.
      if (want !== null && bytes.byteLength > 0 && offset === want.offset) {
        if (bytes.byteLength === want.length) want.resolve(bytes)
        else want.reject(fileChanged())
      }
      const until = performance.now() + askAgain
      asking += 1
      try {
        while (!ended && !resting && want === null && performance.now() < until) {
          signal.throwIfAborted()
          const stop = new AbortController()
          await Promise.race([
            changed.promise,
            wait(until - performance.now(), undefined, {
              signal: AbortSignal.any([signal, stop.signal]),
            }).catch(() => undefined),
          ])
          stop.abort()
        }
      } finally {
        asking -= 1
      }
      hungrySince = performance.now()
      if (ended) return { kind: 'end' }
      return want === null ? { kind: 'wait' } : { kind: 'bytes', offset: want.offset, length: want.length }
    },

    /** The page cannot read the file. */
    fail(error: ConsoleError): void {
      want?.reject(error)
    },

    /** Milliseconds for which bytes are wanted and no page has asked; null: none are, or a page is there. */
    get hungryFor(): number | null {
      return want === null || asking > 0 ? null : performance.now() - hungrySince
    },

    /** Nobody wants bytes for now: who asks is told to ask later, at once. */
    rest(rests: boolean): void {
      resting = rests
      wake()
    },

    end(): void {
      ended = true
      wake()
    },
  }
}

export type Chunks = ReturnType<typeof createChunks>

/** The file is not what it was when it was chosen. */
export const fileChanged = (): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    'The file was changed while it was uploaded.',
    'Close it in the program that writes to it, then choose it again. Nothing of it counts as stored.',
  )
