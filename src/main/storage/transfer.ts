import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { StorageLink } from './connect.ts'
import { notReached, type Refusal, refused } from './storage-errors.ts'

/** A signed request: its headers are part of the signature and are sent exactly so. */
export type Signed = { url: string; headers: Readonly<Record<string, string>> }

/** Bytes of an answer in words that the console reads: errors are short. */
const answerLimit = 64 * 1024

const textOf = async (response: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    if (text.length < answerLimit) text += chunk
  }
  return text
}

const element = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null

/** What the server said no with. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.code ?? `HTTP ${refusal.status}`)
    this.refusal = refusal
  }
}

/**
 * Sends bytes to a signed URL, reading on from `body` only as the socket takes them, and returns the headers of the answer; by then
 * nothing writes from the bytes any more. Fails with `Refused`, or with what the socket or the body failed with. A connection on which nothing moves ends by the agent's own limit.
 */
export const sendTo = (
  link: Pick<StorageLink, 'agentFor'>,
  { url, headers }: Signed,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
  onSent: (bytes: number) => void = () => undefined,
): Promise<IncomingMessage['headers']> =>
  new Promise((resolve, reject) => {
    const target = new URL(url)
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(target, {
      method: 'PUT',
      headers,
      agent: link.agentFor(target),
      signal,
    })
    let answered = false
    request.on('timeout', () =>
      request.destroy(Object.assign(new Error('nothing moved'), { code: 'ETIMEDOUT' })),
    )
    request.on('error', (error) => {
      // A server may say no and close before everything was sent: its answer counts.
      if (!answered) reject(error)
    })
    request.on('response', (response) => {
      answered = true
      const status = response.statusCode ?? 0
      textOf(response).then((text) => {
        if (status >= 200 && status < 300) {
          if (request.writableFinished) return resolve(response.headers)
          // Either the last write is about to say that it is done, or the server praised what it had not read.
          request.once('finish', () => resolve(response.headers))
          request.once('close', () => reject(new Error('answered before everything was sent')))
          if (!request.writableEnded) request.destroy()
          return
        }
        request.destroy()
        reject(new Refused({ status, code: element(text, 'Code'), message: element(text, 'Message') }))
      }, reject)
    })
    const write = async () => {
      for await (const chunk of body) {
        if (answered || request.destroyed) return
        if (!request.write(chunk)) await drained(request)
        onSent(chunk.byteLength)
      }
      request.end()
    }
    write().catch((error: unknown) => {
      request.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    })
  })

const drained = (request: ReturnType<typeof httpRequest>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      request.off('drain', done)
      request.off('close', done)
      resolve()
    }
    request.once('drain', done)
    request.once('close', done)
  })

/** A failure of `sendTo` in words. */
export const sendError = (error: unknown, doing: string): Error =>
  error instanceof Refused ? refused(error.refusal, doing, error) : notReached(error, doing)
