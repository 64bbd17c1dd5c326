import { parentPort, workerData } from 'node:worker_threads'
import { startObjectServer } from './object-server.ts'

/** What the thread tells its host, once. */
export type FromServer =
  | { kind: 'started'; url: string; port: number }
  | { kind: 'failed'; code: string | undefined; message: string }

const tell = (message: FromServer) => parentPort?.postMessage(message)

if (parentPort !== null) {
  try {
    const { url, port, close } = await startObjectServer(workerData)
    // Any message asks to end.
    parentPort.once('message', () => void close().finally(() => parentPort?.close()))
    tell({ kind: 'started', url, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    tell({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) })
  }
}
