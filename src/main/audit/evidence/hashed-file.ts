import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedFile } from '../../../../resources/verify.mjs'

/** Bytes that are gathered before they are written. */
const blockSize = 256 * 1024

/** A new file that is written from its beginning to its end, and its digest. Fails where one of that name is there. */
export const createHashedFile = async (folder: string, name: string) => {
  const file = await open(join(folder, name), 'wx', 0o600)
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let [bytes, size] = [0, 0]
  const flush = async (): Promise<void> => {
    const block = Buffer.concat(waiting)
    waiting = []
    size = 0
    hash.update(block)
    bytes += block.length
    await file.writeFile(block)
  }
  return {
    async write(...parts: (Buffer | string)[]): Promise<void> {
      for (const part of parts) {
        const buffer = typeof part === 'string' ? Buffer.from(part) : part
        waiting.push(buffer)
        size += buffer.length
      }
      if (size >= blockSize) await flush()
    },
    async end(): Promise<ListedFile> {
      await flush()
      await file.close()
      return { name, bytes, sha256: hash.digest('hex') }
    },
    /** Also after it ended. */
    [Symbol.asyncDispose]: () => file.close(),
  }
}
