import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { authenticate } from './authenticate.ts'
import { Blobs } from './blobs.ts'
import { IndexFile } from './index-file.ts'
import { type Call, type Reply, requireAction } from './operation.ts'
import type { Action, ObjectServer, ObjectServerOptions } from './options.ts'
import { routeOf } from './route.ts'
import { S3Error } from './s3-error.ts'
import { readRequest } from './s3-request.ts'
import { xmlDocument } from './xml.ts'

type Store = { index: IndexFile; blobs: Blobs }

const carryOut = async (
  message: IncomingMessage,
  options: ObjectServerOptions,
  store: Store,
): Promise<Reply> => {
  const { credentials, region = 'us-east-1', switches = {} } = options
  const request = readRequest(message)
  const { credential, payload } = authenticate(request, { credentials, region }, Date.now())
  const operation = routeOf(request)
  const may = (action: Action) =>
    (credential.allow?.includes(action) ?? true) && credential.deny?.includes(action) !== true
  const call: Call = { ...store, request, payload, region, switches, may }
  requireAction(call, typeof operation.action === 'string' ? operation.action : operation.action(call))
  const afterwards = await switches.onRequest?.(request, operation.name)
  const reply = await operation.run(call)
  afterwards?.()
  return reply
}

const refusal = (error: unknown, message: IncomingMessage, requestId: string): Reply => {
  const refused =
    error instanceof S3Error
      ? error
      : new S3Error(
          'InternalError',
          error instanceof Error ? error.message : 'We encountered an internal error.',
        )
  const [path] = (message.url ?? '').split('?')
  const { code, status, more, headers } = refused
  const bodiless = message.method === 'HEAD' || code === 'NotModified'
  return {
    status,
    headers: { ...headers, ...(bodiless ? {} : { 'content-type': 'application/xml' }) },
    ...(bodiless
      ? {}
      : {
          body: xmlDocument('Error', {
            Code: code,
            Message: refused.message,
            ...more,
            Resource: path,
            RequestId: requestId,
          }).replace(/ xmlns="[^"]*"/, ''),
        }),
  }
}

const answer = async (
  message: IncomingMessage,
  response: ServerResponse,
  options: ObjectServerOptions,
  store: Store,
): Promise<void> => {
  const requestId = randomBytes(8).toString('hex').toUpperCase()
  let reply: Reply
  try {
    reply = await carryOut(message, options, store)
  } catch (error) {
    reply = refusal(error, message, requestId)
  }
  const { status = 200, headers = {}, body } = reply
  response.strictContentLength = true
  response.writeHead(status, { ...headers, 'x-amz-request-id': requestId })
  if (body === undefined || typeof body === 'string') {
    response.end(body)
    return
  }
  try {
    await pipeline(body, response)
  } catch {
    // The client went away, or the content cannot be read: a cut connection says that the answer is not whole.
    response.destroy()
  }
}

/**
 * Serves S3's API on 127.0.0.1 from a folder. An object whose PUT was answered is there after any crash of this process: its
 * bytes are on disk before the index names it.
 */
export const startObjectServer = async (options: ObjectServerOptions): Promise<ObjectServer> => {
  const { folder, port: wanted = 0, tls } = options
  mkdirSync(folder, { recursive: true })
  const index = new IndexFile(folder)
  const blobs = new Blobs(folder)
  blobs.sweep((blob) => index.blobIsUsed(blob))
  const listener = (message: IncomingMessage, response: ServerResponse) =>
    void answer(message, response, options, { index, blobs })
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ key: tls.privateKey, cert: tls.certificate }, listener)
  // An upload takes as long as its line is slow.
  server.requestTimeout = 0
  try {
    server.listen(wanted, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    index.close()
    throw error
  }
  const address = server.address()
  const port = address === null || typeof address === 'string' ? wanted : address.port
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      index.close()
    },
  }
}
