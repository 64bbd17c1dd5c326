import pg from 'pg'
import { ConsoleError, cancelled } from '../../shared/errors.ts'
import type { Connection } from './connect.ts'
import { describeHost } from './connection-errors.ts'
import type { Control, LockHolder } from './control.ts'
import { databaseError } from './database-errors.ts'
import { namingHolders } from './lock-holders.ts'
import type { Pool } from './pool.ts'
import { ReadTransaction, type Receiver, type Work } from './read-transaction.ts'
import { untilAborted } from './socket.ts'

/** Milliseconds a statement waits for a lock. */
export const lockTimeout = 3000
/** Milliseconds beyond its timeout after which a server that says nothing counts as gone. */
const grace = 5000

/** What a statement runs on. */
export type Workplace = {
  pool: Pool
  control: Control
  /** Statements that may still run on the server, which the end of the session cancels. */
  running: Set<RunningStatement>
}

/**
 * One statement on a connection of its own. However it ends, the connection goes back to the pool without a transaction, or is
 * dropped; whoever starts one calls `finish` or `abandon`.
 */
export class RunningStatement {
  readonly connection: Connection
  readonly #workplace: Workplace
  readonly #tag: string
  readonly #timeout: number
  readonly #timeoutOnServer: boolean
  readonly #transaction: ReadTransaction
  readonly #watch: NodeJS.Timeout
  readonly #started = performance.now()
  #holders: LockHolder[] = []
  #cancelled: Promise<void> | null = null

  constructor(
    workplace: Workplace,
    connection: Connection,
    statement: { tag: string; work: Work; receiver: Receiver; timeout: number; timeoutOnServer: boolean },
  ) {
    this.connection = connection
    this.#workplace = workplace
    this.#tag = statement.tag
    this.#timeout = statement.timeout
    this.#timeoutOnServer = statement.timeoutOnServer
    this.#transaction = new ReadTransaction(statement.work, statement.receiver)
    // Once the lock timeout has struck nobody waits any more, and nobody can be named.
    this.#watch = setInterval(() => {
      void workplace.control.lockHolders(this.#tag).then((holders) => {
        if (holders.length > 0) this.#holders = holders
      })
    }, lockTimeout / 2.5)
    workplace.running.add(this)
    connection.copyTap.receiver = statement.receiver.copyData ?? null
    connection.client.query(this.#transaction)
  }

  /** Settles with pg's own outcome. */
  get done(): Promise<void> {
    return this.#transaction.done
  }

  /** `progress`, unless the caller gives up or the server is silent for longer than the statement may take. */
  async wait<Value>(progress: Promise<Value>, signal: AbortSignal): Promise<Value> {
    if (this.#timeout === 0) return untilAborted(progress, signal)
    const silence = new AbortController()
    const timer = this.#timeoutOnServer
      ? setTimeout(() => silence.abort(this.#silent()), this.#timeout + grace)
      : setTimeout(() => silence.abort(this.#timedOut()), this.#timeout)
    try {
      return await untilAborted(progress, AbortSignal.any([signal, silence.signal]))
    } finally {
      clearTimeout(timer)
    }
  }

  /** The statement has ended well. */
  finish(): void {
    this.#end()
    this.#workplace.pool.release(this.connection)
  }

  /** Cancels it on the server; for all who ask, once. */
  cancel(): Promise<void> {
    this.#cancelled ??= this.#workplace.control
      .cancel(this.#tag, this.connection.pid)
      .finally(() => this.#end())
    return this.#cancelled
  }

  /**
   * The statement failed, or nobody wants it any more: then it is cancelled on the server, and since nobody can know what is
   * still on its way, its connection is never used again. Returns what to tell the caller.
   */
  abandon(error: unknown, signal: AbortSignal): ConsoleError {
    const { pool } = this.#workplace
    const { connection } = this
    if (error instanceof pg.DatabaseError) {
      this.#end()
      connection.client.query('ROLLBACK').then(
        () => pool.release(connection),
        () => pool.drop(connection),
      )
      return this.#explain(error)
    }
    this.#transaction.done.catch(() => undefined)
    pool.drop(connection)
    void this.cancel()
    return signal.aborted ? cancelled('The statement') : databaseError(error, connection.context)
  }

  #end(): void {
    clearInterval(this.#watch)
    this.#workplace.running.delete(this)
  }

  #explain(error: pg.DatabaseError): ConsoleError {
    const elapsed = performance.now() - this.#started
    // One SQLSTATE stands for "timeout" and for "somebody cancelled it"; the message is in the server's language.
    if (error.code === '57014' && this.#timeout > 0 && elapsed >= this.#timeout) {
      return this.#timedOut()
    }
    return namingHolders(databaseError(error, this.connection.context), this.#holders)
  }

  #timedOut(): ConsoleError {
    return new ConsoleError(
      'STATEMENT_TIMEOUT',
      `The statement took longer than ${this.#timeout / 1000} s and was ended.`,
      'Narrow it down, or raise the statement timeout in the profile.',
      { sqlstate: '57014' },
    )
  }

  #silent(): ConsoleError {
    const { host } = this.connection.context
    return new ConsoleError(
      'CONNECTION_LOST',
      `The server at ${describeHost(host)} did not answer, not even after the time that the statement may take.`,
      'Check the network and the VPN, then connect again.',
    )
  }
}
