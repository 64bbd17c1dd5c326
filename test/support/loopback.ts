import { mkdtempSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { openConsole } from '../../src/main/api/console.ts'
import { listRendererFiles } from '../../src/main/api/renderer-files.ts'
import { startLoopback } from '../../src/main/loopback/server.ts'

/** What a browser holds after it came through a link. */
export type Ticket = { cookie: string; tab: string }

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** One HTTP request, with every header as given: `fetch` would not let a test set Host or Origin. */
export type Ask = (options: {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}) => Promise<Answer>

/** A loopback host on a home folder of its own, with a page of two small files. */
export type TestLoopback = {
  origin: string
  port: number
  /** Folder of the page's files. */
  page: string
  newLink(): string
  ask: Ask
  /** Comes through a new link as the page does. */
  enter(): Promise<Ticket>
  /** The headers of the page's own POST. */
  own(ticket: Ticket): Record<string, string>
  /** Sends bytes as they are and returns all that comes back until the host closes or resets. */
  raw(bytes: string): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

/** @param environment may bring `DATABASE_URL`, the only profile of a new home folder */
export const startTestLoopback = async (environment: NodeJS.ProcessEnv = {}): Promise<TestLoopback> => {
  const home = mkdtempSync(join(inject('runFolder'), 'loopback-'))
  const page = mkdtempSync(join(home, 'page-'))
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(page, 'open.html'), '<!doctype html><title>Open</title>')
  writeFileSync(join(home, 'secret.html'), 'nobody reads this')
  const opened = await openConsole({
    home,
    environment,
    sandbox: null,
    onProgress: () => undefined,
    onSandboxFailed: () => undefined,
    signal: new AbortController().signal,
  })
  const host = await startLoopback({ context: opened.context, files: listRendererFiles(page), port: 0 })
  const port = Number(new URL(host.origin).port)

  const ask: Ask = ({ method = 'GET', path = '/', headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false })
      sent.on('error', reject)
      sent.on('response', (response) => {
        text(response).then(
          (read) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read }),
          reject,
        )
      })
      sent.end(body)
    })

  return {
    origin: host.origin,
    port,
    page,
    newLink: host.newLink,
    ask,
    async enter() {
      const token = new URL(host.newLink()).hash.slice(1)
      const answer = await ask({
        method: 'POST',
        path: '/enter',
        headers: { origin: host.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      })
      return {
        cookie: String(answer.headers['set-cookie']?.[0]?.split(';')[0]),
        tab: String(JSON.parse(answer.body).tab),
      }
    },
    own: ({ cookie, tab }) => ({
      origin: host.origin,
      'content-type': 'application/json',
      cookie,
      'x-console-tab': tab,
    }),
    raw: (bytes) =>
      new Promise((resolve) => {
        let read = ''
        const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
        socket.on('data', (data) => {
          read += data
        })
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(read))
      }),
    async [Symbol.asyncDispose]() {
      await host.close()
      await opened.close()
    },
  }
}
