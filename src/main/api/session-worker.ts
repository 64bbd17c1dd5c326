import { type MessagePort, parentPort } from 'node:worker_threads'
import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import { openSession, type Session } from '../session/session.ts'
import { createServices, type Services } from './services.ts'
import { type FromWorker, type ToWorker, transferables } from './worker-protocol.ts'

type Method = (input: unknown, signal: AbortSignal) => Promise<unknown>

/** Serves one session over `port` until it is closed. Its host is `SessionHost`. */
const serve = (port: MessagePort): void => {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  const running = new Map<number, AbortController>()
  const starting = new AbortController()
  let session: Session | null = null
  let services: Services | null = null
  let methods = new Map<string, Method>()

  const open = async ({ kind: _, home, ...opening }: Extract<ToWorker, { kind: 'open' }>) => {
    try {
      session = await openSession({
        ...opening,
        signal: starting.signal,
        onState: (state) => send({ kind: 'state', state }),
      })
      services = createServices(session, { home })
      methods = new Map(
        Object.entries(services).flatMap(([area, service]) =>
          Object.entries(service).map(([name, method]): [string, Method] => [
            `${area}.${name}`,
            method as Method,
          ]),
        ),
      )
      send({ kind: 'opened', state: session.state() })
    } catch (error) {
      send({ kind: 'openFailed', error: toErrorShape(error) })
      port.close()
    }
  }

  const call = async ({ id, area, method, input }: Extract<ToWorker, { kind: 'call' }>) => {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const found = methods.get(`${area}.${method}`)
      if (found === undefined) {
        throw new ConsoleError(
          'INTERNAL',
          `This session has no service ${area}.${method}.`,
          'Update the console.',
        )
      }
      const value = await found(input, controller.signal)
      send({ kind: 'result', id, value }, transferables(value))
    } catch (error) {
      send({ kind: 'error', id, error: toErrorShape(error) })
    } finally {
      running.delete(id)
    }
  }

  const close = async (because: 'idle' | 'sleep' | 'user') => {
    starting.abort()
    for (const controller of running.values()) controller.abort()
    try {
      if (services !== null) send({ kind: 'closing', uploadsCut: await services.documents.endUploads() })
      await session?.close(because)
    } finally {
      port.close()
    }
  }

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'open':
        return void open(message)
      case 'call':
        return void call(message)
      case 'abort':
        return running.get(message.id)?.abort()
      case 'close':
        return void close(message.because)
      default:
        message satisfies never
    }
  })
}

if (parentPort !== null) serve(parentPort)
