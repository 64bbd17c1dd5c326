import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ConsoleError } from '../../shared/errors.ts'
import type { FromServer } from './object-server-worker.ts'
import type { ObjectServer, ObjectServerOptions } from './options.ts'

/** Beside this file in the source tree, beside the bundle when built. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './object-server-worker.ts' : './object-server-worker.js',
  import.meta.url,
)

/** The error of a server that cannot start. Another program on its port is a condition that a caller may go round. */
const failure = ({ code, message }: { code?: string | undefined; message: string }): ConsoleError =>
  code === 'EADDRINUSE'
    ? new ConsoleError('ALREADY_RUNNING', 'The port of the object server is taken.', 'Use another port.')
    : new ConsoleError(
        // SQLite says it in words only.
        code === 'ENOSPC' || message.includes('disk is full') ? 'DISK_FULL' : 'SANDBOX_FAILED',
        `The object server could not start: ${message}.`,
        'Check that its folder can be written to and has room, then try again.',
      )

/**
 * Starts the server in a thread of its own: what it hashes and writes keeps nobody else waiting.
 * @throws ConsoleError ALREADY_RUNNING when the port is taken, DISK_FULL, SANDBOX_FAILED
 */
export const startObjectServerThread = async (
  options: Omit<ObjectServerOptions, 'switches'>,
): Promise<ObjectServer> => {
  const worker = new Worker(workerUrl, { workerData: options, name: 'object-server' })
  const exited = once(worker, 'exit')
  const answer = await new Promise<FromServer>((resolve) => {
    worker.once('message', resolve)
    worker.on('error', (error) => {
      process.emitWarning(`The object server ended: ${error.message}`)
      resolve({ kind: 'failed', code: undefined, message: error.message })
    })
  })
  if (answer.kind === 'failed') throw failure(answer)
  return {
    url: answer.url,
    port: answer.port,
    async close() {
      worker.postMessage('close')
      await exited
    },
  }
}
