import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { chunkSize } from '../../shared/documents.ts'
import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import { loopback } from '../../shared/loopback.ts'
import { feedUpload, handleCall, pullBatch, rpcPath } from '../api/handle.ts'
import { pageHeaders } from '../api/page-headers.ts'
import type { RendererFiles } from '../api/renderer-files.ts'
import type { HostContext } from '../api/trpc.ts'
import { type Admission, createAdmission } from './admission.ts'
import { checkBytes, checkJson, checkSource, Refusal, readBody, readBytes } from './request.ts'

/** The console on 127.0.0.1. */
export type LoopbackHost = {
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** An address that opens the console once. The link before it, when still unused, is void. */
  newLink(): string
  close(): Promise<void>
}

type Exchange = { request: IncomingMessage; response: ServerResponse; signal: AbortSignal }

const address = '127.0.0.1'
const enterInput = z.object({ token: z.string().max(200) })

/**
 * Serves the page and the router to browsers of this machine.
 * @param options.port 0 for a free one
 * @throws ConsoleError `ALREADY_RUNNING` when the port is taken
 */
export const startLoopback = async (options: {
  context: HostContext
  files: RendererFiles
  port: number
}): Promise<LoopbackHost> => {
  const server = createServer({ keepAliveTimeout: 60_000 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(options.port, cause)))
    server.listen(options.port, address, resolve)
  })
  const { port } = server.address() as AddressInfo
  const authority = `${address}:${port}`
  const admission = createAdmission(port)

  server.on('request', (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const exchange = { request, response, signal: gone.signal }
    answer(exchange, authority, admission, options).catch((error: unknown) => refuse(exchange, error))
  })

  return {
    origin: `http://${authority}`,
    newLink: () => `http://${authority}/open.html#${admission.newToken()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const answer = async (
  exchange: Exchange,
  authority: string,
  admission: Admission,
  { context, files }: { context: HostContext; files: RendererFiles },
): Promise<void> => {
  const { request, signal } = exchange
  checkSource(request, authority)
  const path = request.url ?? '/'
  if (request.method === 'GET' || request.method === 'HEAD') return sendFile(exchange, files)
  if (request.method !== 'POST') throw notFound(405)
  if (path === loopback.feedPath) checkBytes(request)
  else checkJson(request)
  if (path === loopback.enterPath) return enter(exchange, admission)
  if (!admission.admits(request)) throw notAdmitted()
  if (path === loopback.pullPath) return pull(exchange, context)
  if (path === loopback.feedPath) return feed(exchange, context)
  if (!path.startsWith(`${rpcPath}/`)) throw notFound(404)
  const call = new Request(`http://${authority}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await readBody(request),
    signal,
  })
  const result = await handleCall(call, context)
  send(exchange, result.status, 'application/json', Buffer.from(await result.arrayBuffer()))
}

const enter = async (exchange: Exchange, admission: Admission): Promise<void> => {
  const input = enterInput.safeParse(parseJson(await readBody(exchange.request)))
  const entered = input.success ? admission.enter(input.data.token, exchange.request) : null
  if (entered === null) {
    throw new Refusal(
      403,
      new ConsoleError(
        'FORBIDDEN',
        'This link was used before, or a newer one has replaced it.',
        'Press Enter in the terminal where the console runs and open the link it shows.',
      ),
    )
  }
  exchange.response.setHeader('set-cookie', entered.setCookie)
  send(exchange, 200, 'application/json', Buffer.from(JSON.stringify({ tab: entered.tab })))
}

const pull = async (exchange: Exchange, context: HostContext): Promise<void> => {
  const input = parseJson(await readBody(exchange.request))
  const { bytes, done } = await pullBatch(input, context, exchange.signal)
  exchange.response.setHeader(loopback.doneHeader, done ? '1' : '0')
  send(exchange, 200, 'application/octet-stream', bytes)
}

const feed = async (exchange: Exchange, context: HostContext): Promise<void> => {
  const { request, signal } = exchange
  const input = parseJson(request.headersDistinct[loopback.feedHeader]?.join() ?? '')
  const want = await feedUpload(input, await readBytes(request, chunkSize), context, signal)
  send(exchange, 200, 'application/json', Buffer.from(JSON.stringify(want)))
}

const sendFile = async ({ request, response }: Exchange, files: RendererFiles): Promise<void> => {
  const file = files.get(request.url ?? '/')
  if (file === undefined) throw notFound(404)
  const accepted = (request.headers['accept-encoding'] ?? '').split(/[\s,]+/)
  const coding = (['br', 'gzip'] as const).find(
    (name) => accepted.includes(name) && file.encoded[name] !== undefined,
  )
  response.writeHead(200, {
    ...pageHeaders,
    'content-type': file.contentType,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    ...(coding === undefined ? {} : { 'content-encoding': coding }),
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream((coding && file.encoded[coding]) ?? file.path), response)
}

const send = ({ response }: Exchange, status: number, contentType: string, body: Uint8Array): void => {
  response.writeHead(status, {
    ...pageHeaders,
    'content-type': contentType,
    'content-length': body.byteLength,
    'cache-control': 'no-store',
  })
  response.end(body)
}

const refuse = (exchange: Exchange, error: unknown): void => {
  const { request, response } = exchange
  if (response.headersSent || response.destroyed) return void response.destroy()
  const refusal = error instanceof Refusal ? error : new Refusal(500, asConsoleError(error))
  response.setHeader(loopback.refusedHeader, '1')
  // What was not read of a body that is too long is never read.
  if (!request.complete) response.setHeader('connection', 'close')
  const body = Buffer.from(JSON.stringify(toErrorShape(refusal.error)))
  send(exchange, refusal.status, 'application/json', body)
}

const asConsoleError = (error: unknown): ConsoleError => ConsoleError.fromShape(toErrorShape(error))

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const notFound = (status: 404 | 405): Refusal =>
  new Refusal(status, new ConsoleError('NOT_FOUND', 'The console has nothing here.', 'Reload the window.'))

const notAdmitted = (): Refusal =>
  new Refusal(
    403,
    new ConsoleError(
      'FORBIDDEN',
      'This tab was not opened with a link of the console.',
      'Press Enter in the terminal where the console runs and open the link it shows.',
    ),
  )

const cannotListen = (port: number, cause: Error): ConsoleError =>
  new ConsoleError(
    'ALREADY_RUNNING',
    `The console cannot listen on ${address}:${port}: another program does.`,
    'Choose another port with --port, or leave it out for a free one.',
    { cause },
  )
