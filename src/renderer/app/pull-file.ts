import { transport } from './transport.ts'

/** Bytes that lie in memory before the browser takes them over. */
const blockSize = 32 * 1024 * 1024

/** All bytes of an open result, as a file. However large: the browser keeps what it has taken over on disk. */
export const pullFile = async (
  sessionId: string,
  resultId: string,
  { type, signal, onBatch }: { type: string; signal: AbortSignal; onBatch?: (bytes: Uint8Array) => void },
): Promise<Blob> => {
  const blobs: Blob[] = []
  let parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (;;) {
    const { bytes, done } = await transport.pull(sessionId, resultId, signal)
    onBatch?.(bytes)
    parts.push(new Uint8Array(bytes))
    size += bytes.length
    if (done || size >= blockSize) {
      blobs.push(new Blob(parts))
      parts = []
      size = 0
    }
    if (done) return new Blob(blobs, { type })
  }
}
