import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ConsoleError } from '../../shared/errors.ts'
import { openConsole } from '../api/console.ts'
import { listRendererFiles } from '../api/renderer-files.ts'
import { watchSleep } from '../api/sleep.ts'
import type { StartOptions } from '../api/start-options.ts'
import type { UploadsCut } from '../documents/uploads.ts'
import { startLoopback } from '../loopback/server.ts'

/** The built page: beside the bundle of this file, or in `out` when it runs from its source. */
const pageFolder = (): string => {
  const fromBundle = fileURLToPath(new URL('../renderer', import.meta.url))
  const folder = import.meta.url.endsWith('.ts')
    ? fileURLToPath(new URL('../../../out/renderer', import.meta.url))
    : fromBundle
  if (existsSync(folder)) return folder
  throw new ConsoleError('NOT_FOUND', 'The console is not built yet.', 'Run "npm run build" first.')
}

/** What a signal, which asks nobody, did to uploads. Null: none was on its way. */
const cutWords = ({ pending, notBegun }: UploadsCut): string | null => {
  const all = pending + notBegun
  if (all === 0) return null
  return [
    all === 1 ? '1 upload was cut short.' : `${all} uploads were cut short.`,
    pending > 0 && `${pending} pending: resume from the list of documents, with the same file.`,
    notBegun > 0 && `${notBegun} not begun: upload the file again.`,
  ]
    .filter((part) => part !== false)
    .join(' ')
}

/** Serves the console to browsers of this machine until SIGINT, SIGTERM or SIGHUP. */
export const serve = async (options: StartOptions): Promise<void> => {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort())
  const files = listRendererFiles(pageFolder())
  try {
    await using console_ = new AsyncDisposableStack()
    const opened = await openConsole({
      ...options,
      environment: process.env,
      onProgress: (message) => console.log(message),
      onSandboxFailed: ({ message, remedy }) => console.error(`${message} ${remedy}`),
      signal: ending.signal,
    })
    console_.defer(async () => {
      const told = cutWords(await opened.close())
      if (told !== null) console.log(told)
    })
    const host = await startLoopback({ context: opened.context, files, port: options.port })
    console_.defer(() => host.close())
    console_.defer(watchSleep(() => void opened.context.sessions.closeAll('sleep')))

    const lines = createInterface({ input: process.stdin })
    console_.defer(() => lines.close())
    lines.on('line', () => console.log(host.newLink()))
    console.log('The console is open on this machine only. This link works once; press Enter for another:')
    console.log(host.newLink())
    if (!ending.signal.aborted) await once(ending.signal, 'abort')
  } catch (error) {
    if (!ending.signal.aborted) throw error
  }
}
