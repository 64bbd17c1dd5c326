import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { pageHeaders } from '../api/page-headers.ts'
import type { RendererFiles } from '../api/renderer-files.ts'
import { consoleOrigin } from './sender.ts'

/** Must run before the app is ready. */
export const setupScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ])

/** Answers `app://console/…` with the files of the built page, and nothing else. */
export const setupPage = (session: Session, files: RendererFiles): void =>
  session.protocol.handle('app', async (request) => {
    const prefix = `${consoleOrigin}/`
    const file = request.url.startsWith(prefix)
      ? files.get(request.url.slice(consoleOrigin.length).replace(/[?#].*$/, ''))
      : undefined
    if (file === undefined || request.method !== 'GET') {
      return new Response(null, { status: 404, headers: pageHeaders })
    }
    return new Response(await readFile(file.path), {
      headers: { ...pageHeaders, 'content-type': file.contentType },
    })
  })
