import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { SecureContext } from 'node:tls'

/** Asks without any signature, as everybody can. Fails with what the socket failed with. */
export const askAnonymously = (
  url: URL,
  method: 'GET' | 'HEAD',
  context: SecureContext | null,
  signal: AbortSignal,
): Promise<{ status: number; date: string | undefined }> =>
  new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { method, signal, agent: false, ...(context && { secureContext: context }) })
        : httpRequest(url, { method, signal, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      resolve({ status: response.statusCode ?? 0, date: response.headers.date })
      response.destroy()
    })
    request.end()
  })
