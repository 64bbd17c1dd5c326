import { createHash } from 'node:crypto'
import { chunkSize } from '../../../shared/documents.ts'
import type { Storage } from '../../storage/storage.ts'
import { contentTypeOf, secondNature, tailLength } from '../content-type.ts'
import { chunksOf } from '../object-chunks.ts'

/** Reads an object to its end: its hash, the type that its content says, and what else it is besides. */
export const lookInto = async (
  storage: Storage,
  object: { key: string; version: string | null },
  { filename, bytes }: { filename: string; bytes: number },
  signal: AbortSignal,
): Promise<{ sha256: string; contentType: string; besides: string | null }> => {
  const hash = createHash('sha256')
  let head: Uint8Array = Buffer.alloc(0)
  let tail: Uint8Array = Buffer.alloc(0)
  for await (const chunk of chunksOf(await storage.read(object, signal))) {
    hash.update(chunk)
    if (head.length < chunkSize) head = Buffer.concat([head, chunk.subarray(0, chunkSize - head.length)])
    tail =
      chunk.length >= tailLength
        ? Buffer.from(chunk.subarray(-tailLength))
        : Buffer.concat([tail, chunk]).subarray(-tailLength)
  }
  const contentType = await contentTypeOf(head, { name: filename, bytes })
  return { sha256: hash.digest('hex'), contentType, besides: secondNature(contentType, head, tail) }
}
