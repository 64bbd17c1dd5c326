import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Session } from '../../src/main/session/session.ts'

/** What a statement does, in the words of its beginning. Its tag and its values are left out. */
const statementName = (text: string): string =>
  text
    .replace(/\/\*.*?\*\//, '')
    .trim()
    .split(/\s+/)
    .slice(0, 5)
    .join(' ')

const requestName = (request: ClientRequest): string => {
  const url = new URL(request.path, 'http://storage')
  const part = url.searchParams.get('partNumber')
  const what = part !== null ? ` part ${part}` : url.searchParams.has('uploads') ? ' uploads' : ''
  return `${request.method}${what || (url.searchParams.has('uploadId') ? ' upload' : '')}`
}

/**
 * Tells each step of what a session writes and of what this thread asks of a storage: when it begins, when it has been sent, and when
 * it has been answered. `end` stops telling.
 */
export const watchSteps = (onStep: (step: string) => void) => {
  const begun = (message: unknown) => {
    const { request } = message as { request: ClientRequest }
    request.once('socket', () => setImmediate(() => onStep(`began ${requestName(request)}`)))
  }
  // Node tells it when the last byte of the body has been handed to the socket.
  const asked = (message: unknown) => {
    const { request } = message as { request: ClientRequest }
    setImmediate(() => onStep(`sent ${requestName(request)}`))
  }
  const answered = (message: unknown) =>
    onStep(`answered ${requestName((message as { request: ClientRequest }).request)}`)
  subscribe('http.client.request.created', begun)
  subscribe('http.client.request.start', asked)
  subscribe('http.client.response.finish', answered)
  const wrap = (session: Session): Session => ({
    ...session,
    async openConnection(signal, database) {
      const connection = await session.openConnection(signal, database)
      const { client } = connection
      const query = client.query.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>
      client.query = ((text: string, values?: unknown[]) => {
        const name = statementName(text)
        const result = query(text, values)
        onStep(`sent ${name}`)
        return result.then((value) => {
          onStep(`answered ${name}`)
          return value
        })
      }) as typeof client.query
      return connection
    },
  })
  return {
    wrap,
    end: () => {
      unsubscribe('http.client.request.created', begun)
      unsubscribe('http.client.request.start', asked)
      unsubscribe('http.client.response.finish', answered)
    },
  }
}
