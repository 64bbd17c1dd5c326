import { setTimeout as wait } from 'node:timers/promises'
import { ConsoleError } from '../../shared/errors.ts'
import type { Connection } from './connect.ts'
import { describeHost } from './connection-errors.ts'
import { databaseError } from './database-errors.ts'
import { ReadTransaction } from './read-transaction.ts'
import { untilAborted } from './socket.ts'

/** Milliseconds after which a server that does not answer the control connection counts as lost. */
const answerTimeout = 3000

/** Who makes a statement wait. Names may be null where the log-in role may not see them. */
export type LockHolder = {
  pid: number
  user: string | null
  application: string | null
  /** Whole seconds since its transaction began. */
  seconds: number | null
}

/**
 * The second connection of a session, always open: it cancels statements, finds out who blocks them, and its end tells at
 * once that the server is gone. It stays the log-in role, which may cancel and see the session's other connections.
 */
export class Control {
  readonly #connection: Connection
  readonly #onLost: (error: ConsoleError) => void
  #queue: Promise<unknown> = Promise.resolve()
  #closing = false
  #isPooled = false

  constructor(connection: Connection, onLost: (error: ConsoleError) => void) {
    this.#connection = connection
    this.#onLost = onLost
    connection.client.on('error', (error) => this.#lose(databaseError(error, connection.context)))
  }

  /** A pooler gives a process id of its own when a connection begins, and then whatever backend is free. */
  get isPooled(): boolean {
    return this.#isPooled
  }

  /**
   * Finds out whether a pooler stands in between. If none does, keeps the server from ending this connection because nothing runs
   * on it (`idle_session_timeout`, PostgreSQL 14); through a pooler the setting would stay with a backend of others.
   */
  async stayOpen(): Promise<void> {
    const [row] = await this.#ask(
      `SELECT pg_catalog.pg_backend_pid() <> $1::pg_catalog.int4,
              (SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
               WHERE name = 'idle_session_timeout' AND setting <> '0' AND pg_catalog.pg_backend_pid() = $1::pg_catalog.int4)`,
      [this.#connection.pid],
    )
    this.#isPooled = row?.[0] === 't'
  }

  /**
   * Cancels the statement that begins with `tag`, and never another one: the server compares the tag with what the backend
   * runs. A backend that has not come to the statement yet is asked again, for about a second.
   */
  async cancel(tag: string, pid: number | null): Promise<void> {
    for (const pause of [0, 10, 40, 200, 800]) {
      await wait(pause)
      const [row] = await this.#ask(
        `SELECT pg_catalog.count(*) FILTER (WHERE pg_catalog.pg_cancel_backend(a.pid)) > 0 AS cancelled,
                EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS b WHERE b.pid = $2::pg_catalog.int4) AS alive
         FROM pg_catalog.pg_stat_activity AS a
         WHERE pg_catalog.starts_with(a.query, $1) AND a.state = 'active'`,
        [tag, pid],
      )
      // A pooler's process ids are those of no backend: there the statement may still be on its way.
      if (row?.[0] === 't' || (row?.[1] === 'f' && !this.#isPooled)) return
    }
  }

  /** Who blocks the statement that begins with `tag`; empty when it waits for no lock. */
  async lockHolders(tag: string): Promise<LockHolder[]> {
    const rows = await this.#ask(
      `SELECT holder.pid, a.usename, a.application_name,
              pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))
       FROM pg_catalog.pg_stat_activity AS waiting
       CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(waiting.pid)) AS holder(pid)
       LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = holder.pid
       WHERE pg_catalog.starts_with(waiting.query, $1) AND waiting.wait_event_type = 'Lock'`,
      [tag],
    )
    return rows.map(([pid, user, application, seconds]) => ({
      pid: Number(pid),
      user: user ?? null,
      application: application ?? null,
      seconds: seconds == null ? null : Number(seconds),
    }))
  }

  /** Ends the connection after what was asked before. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#queue
    await this.#connection.client.end()
  }

  #lose(error: ConsoleError): void {
    if (this.#closing) return
    this.#closing = true
    this.#connection.destroy()
    this.#onLost(error)
  }

  /** One question at a time. No answer within the time limit: the server is lost. Errors of the server mean no rows. */
  async #ask(text: string, values: readonly unknown[]): Promise<(string | null)[][]> {
    const rows: (string | null)[][] = []
    const before = this.#queue
    const answered = (async () => {
      await before
      if (this.#closing) return
      const transaction = new ReadTransaction(
        {
          text: `/* viruj-console control */ ${text}`,
          values,
          settings: { search_path: 'pg_catalog, pg_temp' },
        },
        { row: (cells) => rows.push(cells) },
      )
      this.#connection.client.query(transaction)
      try {
        await untilAborted(transaction.done, AbortSignal.timeout(answerTimeout))
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') this.#lose(this.#noAnswer())
        else await this.#connection.client.query('ROLLBACK').catch(() => undefined)
      }
    })()
    this.#queue = answered
    await answered
    return rows
  }

  #noAnswer(): ConsoleError {
    const { context } = this.#connection
    return new ConsoleError(
      'CONNECTION_LOST',
      `The server at ${describeHost(context.host)} has not answered for ${answerTimeout / 1000} s.`,
      'Check the network and the VPN, then connect again.',
    )
  }
}
