import type { IncomingMessage } from 'node:http'
import { ConsoleError } from '../../shared/errors.ts'
import { giveBack } from '../../shared/give-back.ts'

/** Bytes of one request's body. No call of the console comes near. */
export const bodyLimit = 1024 * 1024

/** A refusal with the HTTP status that goes with it. */
export class Refusal extends Error {
  readonly status: number
  readonly error: ConsoleError

  constructor(status: number, error: ConsoleError) {
    super(error.message)
    this.status = status
    this.error = error
  }
}

const forbidden = (message: string): Refusal =>
  new Refusal(
    403,
    new ConsoleError('FORBIDDEN', message, 'Open the console with the link that its terminal shows.'),
  )

/**
 * Refuses a request that was not made by the console's own page, before anything looks at its path: another name in
 * `Host` means DNS rebinding, another `Origin` a foreign page or another port of this machine.
 */
export const checkSource = (request: IncomingMessage, authority: string): void => {
  // A proxy's absolute form would bring a second authority; repeated headers would leave open which one counts.
  if (!request.url?.startsWith('/') || request.url.startsWith('//')) {
    throw forbidden('The console answers plain paths only.')
  }
  const hosts = request.headersDistinct.host ?? []
  if (hosts.length !== 1 || hosts[0] !== authority) {
    throw forbidden('The console answers to its own address only.')
  }
  const origins = request.headersDistinct.origin ?? []
  const mayOmitOrigin = request.method === 'GET' || request.method === 'HEAD'
  if (origins.length === 0 && mayOmitOrigin) return
  if (origins.length !== 1 || origins[0] !== `http://${authority}`) {
    throw forbidden('The console answers its own page only.')
  }
}

/** A form or an image of another page can send text, never this type, without asking first. */
export const checkJson = (request: IncomingMessage): void => {
  if (/^application\/json(?:; ?charset=utf-8)?$/i.test(request.headers['content-type'] ?? '')) return
  throw new Refusal(
    415,
    new ConsoleError('INVALID_INPUT', 'The console reads JSON requests only.', 'Reload the window.'),
  )
}

/** The same for bytes: no page of others can send this type without asking first. */
export const checkBytes = (request: IncomingMessage): void => {
  if (request.headers['content-type'] === 'application/octet-stream') return
  throw new Refusal(
    415,
    new ConsoleError('INVALID_INPUT', 'The console takes files as plain bytes only.', 'Reload the window.'),
  )
}

const tooLarge = (limit: number): Refusal =>
  new Refusal(
    413,
    new ConsoleError(
      'VALUE_TOO_LARGE',
      `The request is larger than ${limit / bodyLimit} MB.`,
      'Send less at a time.',
    ),
  )

/** Memory that nobody has cleared: what is read overwrites it. */
const roomFor = (length: number) => new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)

/** The whole body, in memory of its own. Refuses, without reading on, once it is longer than `limit`. */
export const readBytes = async (request: IncomingMessage, limit: number): Promise<Uint8Array> => {
  const announced = Number(request.headers['content-length'] ?? Number.NaN)
  if (announced > limit) throw tooLarge(limit)
  let bytes = roomFor(Number.isSafeInteger(announced) ? announced : 64 * 1024)
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const end = length + chunk.length
    if (end > limit) throw tooLarge(limit)
    if (end > bytes.length) {
      const larger = roomFor(Math.max(end, 2 * bytes.length))
      larger.set(bytes)
      bytes = larger
    }
    bytes.set(chunk, length)
    giveBack(chunk)
    length = end
  }
  return length === bytes.length ? bytes : bytes.slice(0, length)
}

/** The whole body as text. Refuses, without reading on, once it is longer than `bodyLimit`. */
export const readBody = async (request: IncomingMessage): Promise<string> =>
  Buffer.from(await readBytes(request, bodyLimit)).toString('utf8')
