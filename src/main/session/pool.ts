import type { ConsoleError } from '../../shared/errors.ts'
import type { Connection } from './connect.ts'
import { untilAborted } from './socket.ts'

type Waiter = { signal: AbortSignal; resolve(connection: Connection): void; reject(error: unknown): void }

/** The connections of one session to one server: few, opened when needed, handed out one statement at a time. */
export class Pool {
  readonly #open: (signal: AbortSignal) => Promise<Connection>
  readonly #max: number
  readonly #all = new Set<Connection>()
  #idle: Connection[] = []
  #opening = 0
  #waiting: Waiter[] = []
  #ended = new AbortController()

  constructor(open: (signal: AbortSignal) => Promise<Connection>, max: number) {
    this.#open = open
    this.#max = max
  }

  /** A connection for the caller alone, until `release` or `drop`. Fails with `ConsoleError`, or the signal's reason. */
  async acquire(signal: AbortSignal): Promise<Connection> {
    this.#ended.signal.throwIfAborted()
    signal.throwIfAborted()
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#all.size + this.#opening < this.#max) return this.#openOne(signal)
    const { promise, resolve, reject } = Promise.withResolvers<Connection>()
    const waiter: Waiter = { signal, resolve, reject }
    this.#waiting.push(waiter)
    try {
      return await untilAborted(promise, signal)
    } catch (error) {
      const place = this.#waiting.indexOf(waiter)
      if (place !== -1) this.#waiting.splice(place, 1)
      // It was handed a connection in the same moment in which it gave up.
      else promise.then((connection) => this.release(connection)).catch(() => undefined)
      throw error
    }
  }

  /** Gives a connection back that has no transaction open. */
  release(connection: Connection): void {
    if (!this.#all.has(connection)) return
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(connection)
    else next.resolve(connection)
  }

  /** Gives a connection back that nobody may use again. */
  drop(connection: Connection): void {
    this.#forget(connection)
    connection.destroy()
  }

  /** Process ids of its backends. */
  pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => pid ?? [])
  }

  /** Opens one connection ahead of the first statement. That it fails shows when somebody needs it. */
  warm(): void {
    this.#openOne(this.#ended.signal).then(
      (connection) => this.release(connection),
      () => undefined,
    )
  }

  /** Ends all connections; who waits or asks from now on gets `reason`. */
  end(reason: ConsoleError): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort(reason)
    for (const waiter of this.#waiting.splice(0)) waiter.reject(reason)
    for (const connection of this.#all) {
      if (this.#idle.includes(connection)) void connection.client.end()
      else connection.destroy(reason)
    }
    this.#all.clear()
    this.#idle = []
  }

  async #openOne(signal: AbortSignal): Promise<Connection> {
    this.#opening++
    try {
      const connection = await this.#open(AbortSignal.any([signal, this.#ended.signal]))
      if (this.#ended.signal.aborted) {
        connection.destroy()
        throw this.#ended.signal.reason
      }
      this.#all.add(connection)
      connection.client.once('end', () => this.#forget(connection))
      return connection
    } finally {
      this.#opening--
      this.#serveWaiting()
    }
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    this.#idle = this.#idle.filter((other) => other !== connection)
    this.#serveWaiting()
  }

  /** There may be room now for a connection that somebody waits for. */
  #serveWaiting(): void {
    if (this.#all.size + this.#opening >= this.#max || this.#ended.signal.aborted) return
    const next = this.#waiting.shift()
    if (next !== undefined) this.#openOne(next.signal).then(next.resolve, next.reject)
  }
}
