import type { Readable as Stream } from 'node:stream'
import { patience } from '../storage/connect.ts'

/** Each chunk of a stream; a stream that is silent for too long fails. */
export async function* chunksOf(body: Stream): AsyncGenerator<Uint8Array, void, void> {
  const silent = () => body.destroy(Object.assign(new Error('nothing moved'), { code: 'ETIMEDOUT' }))
  const chunks = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const timer = setTimeout(silent, patience.silence)
      const next = await chunks.next().finally(() => clearTimeout(timer))
      if (next.done === true) return
      yield next.value
    }
  } finally {
    body.destroy()
  }
}
