import { Worker } from 'node:worker_threads'
import { ConsoleError, type ConsoleErrorShape, cancelled } from '../../shared/errors.ts'
import type { SessionState } from '../../shared/sessions.ts'
import type { UploadsCut } from '../documents/uploads.ts'
import type { Services } from './services.ts'
import { type FromWorker, type ToWorker, transferables } from './worker-protocol.ts'

type Remote<Service> = {
  [Method in keyof Service]: Service[Method] extends (...parameters: never[]) => Promise<infer Output>
    ? (
        input: Parameters<Service[Method]> extends [infer Input, ...unknown[]] ? Input : null,
        signal: AbortSignal,
      ) => Promise<Output>
    : never
}

/** The services of a session as seen from the host's process. */
export type RemoteServices = { [Area in keyof Services]: Remote<Services[Area]> }

/** Beside this file in the source tree, beside the bundle when built. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './session-worker.ts' : './session-worker.js',
  import.meta.url,
)

/** Megabytes of JavaScript values that one session may hold. Batches of results do not count: they are outside the heap. */
const defaultHeapLimit = 1024

/** What a session is opened with. `home` is the console's own folder. */
type Opening = Omit<Extract<ToWorker, { kind: 'open' }>, 'kind'>

type Pending = { resolve: (value: unknown) => void; reject: (error: ConsoleError) => void }

/**
 * One open session: a worker thread and the calls that wait for it. When the thread dies, because a value was too large
 * to hold or memory ran out, this session is `lost` and everything else goes on.
 */
export class SessionHost {
  readonly services: RemoteServices
  #worker: Worker
  #state: SessionState
  #pending = new Map<number, Pending>()
  #nextId = 1
  #ended: ConsoleError | null = null
  #movedTo: string | null = null
  #uploadsCut: UploadsCut = { pending: 0, notBegun: 0 }
  #lastUse = performance.now()
  /** Kept for `reopen`, out of sight of whatever prints a host. */
  #opening: Opening

  private constructor(worker: Worker, opening: Opening, state: SessionState) {
    this.#worker = worker
    this.#opening = opening
    this.#state = state
    this.services = this.#remote()
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => this.#die(error))
    worker.on('exit', () => this.#die(null))
  }

  /** Connects in a new worker. Fails with the reason of the connection that failed. */
  static async open(options: Opening & { signal: AbortSignal; heapLimit?: number }): Promise<SessionHost> {
    const { signal, heapLimit = defaultHeapLimit, ...opening } = options
    const worker = new Worker(workerUrl, {
      name: `session ${opening.sessionId}`,
      resourceLimits: { maxOldGenerationSizeMb: heapLimit, maxYoungGenerationSizeMb: 24 },
    })
    const { promise, resolve, reject } = Promise.withResolvers<SessionState>()
    const abort = () => reject(cancelled('Connecting'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    worker.once('error', (error) => reject(threadDied(error)))
    worker.once('exit', () => reject(threadDied(null)))
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'opened') resolve(message.state)
      else if (message.kind === 'openFailed') reject(ConsoleError.fromShape(message.error))
    })
    try {
      worker.postMessage({ kind: 'open', ...opening } satisfies ToWorker)
      const state = await promise
      // The listeners above stay, without effect: `removeAllListeners` would take Node's own too, and with them every message.
      return new SessionHost(worker, opening, state)
    } catch (error) {
      await worker.terminate()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  get state(): SessionState {
    return { ...this.#state, movedTo: this.#movedTo }
  }

  /** Milliseconds since somebody last asked this session for anything but its state. */
  get idleFor(): number {
    return this.#pending.size > 0 ? 0 : performance.now() - this.#lastUse
  }

  /** The worker is gone: it died, or the session was closed. Only `reopen` brings the session back. */
  get hasEnded(): boolean {
    return this.#ended !== null
  }

  /** The same session in a new worker. */
  reopen(signal: AbortSignal): Promise<SessionHost> {
    return SessionHost.open({ ...this.#opening, signal })
  }

  /**
   * What it is opened with from now on. A password that was typed for this session stays with the hosts that it was typed for.
   *
   * @param movedTo `host:port`, where the session itself is not there yet: only `reopen` brings it there
   */
  pointAt({ profile, password }: Pick<Opening, 'profile' | 'password'>, movedTo: string | null): void {
    const { profile: before, password: typed } = this.#opening
    const isKnown = profile.hosts.every((host) =>
      before.hosts.some((known) => known.host === host.host && known.port === host.port),
    )
    this.#opening = { ...this.#opening, profile, password: password ?? (isKnown ? typed : null) }
    this.#movedTo = movedTo
  }

  /** Ends the connections and the worker. The last facts stay readable. Tells what became of uploads that were on their way. */
  async close(because: 'idle' | 'sleep' | 'user'): Promise<UploadsCut> {
    if (this.#ended !== null) return { pending: 0, notBegun: 0 }
    this.#end(
      new ConsoleError(
        'SESSION_CLOSED',
        `The session to ${this.#state.profileName} was closed.`,
        'Connect again to go on.',
      ),
      { status: 'closed', closedBecause: because, error: null },
    )
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    const deadline = setTimeout(() => void this.#worker.terminate(), 4000)
    this.#post({ kind: 'close', because })
    await exited
    clearTimeout(deadline)
    return this.#uploadsCut
  }

  #remote(): RemoteServices {
    const area = (name: string) =>
      new Proxy(
        {},
        {
          get: (_, method: string) => (input: unknown, signal: AbortSignal) =>
            this.#call(name, method, input, signal),
        },
      )
    return new Proxy({}, { get: (_, name: string) => area(name) }) as RemoteServices
  }

  #call(area: string, method: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    if (signal.aborted) return Promise.reject(cancelled())
    this.#lastUse = performance.now()
    const id = this.#nextId++
    const abort = () => this.#post({ kind: 'abort', id })
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      signal.addEventListener('abort', abort, { once: true })
      this.#post({ kind: 'call', id, area, method, input }, transferables(input))
    }).finally(() => {
      signal.removeEventListener('abort', abort)
      this.#lastUse = performance.now()
    })
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'state':
        if (this.#ended === null) this.#state = message.state
        return
      case 'result':
        this.#take(message.id)?.resolve(message.value)
        return
      case 'error':
        this.#take(message.id)?.reject(ConsoleError.fromShape(message.error))
        return
      case 'closing':
        this.#uploadsCut = message.uploadsCut
        return
      case 'opened':
      case 'openFailed':
        return
      default:
        message satisfies never
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #die(cause: Error | null): void {
    if (this.#ended !== null) return
    const error = threadDied(cause)
    this.#end(error, { status: 'lost', error: error.toShape() })
  }

  #end(error: ConsoleError, change: Partial<SessionState> & { error: ConsoleErrorShape | null }): void {
    this.#ended = error
    this.#state = { ...this.#state, ...change }
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }
}

const threadDied = (cause: Error | null): ConsoleError => {
  const code = cause !== null && 'code' in cause ? String(cause.code) : null
  return new ConsoleError(
    'SESSION_LOST',
    code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'The session ran out of memory and was ended. The other sessions go on.'
      : 'The session ended unexpectedly. The other sessions go on.',
    'Connect again. If one value was very large, read it in parts.',
    { cause },
  )
}
