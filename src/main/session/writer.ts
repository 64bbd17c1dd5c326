import { ConsoleError } from '../../shared/errors.ts'
import type { Connection } from './connect.ts'
import type { Statement } from './database.ts'
import { databaseError } from './database-errors.ts'
import { compile } from './kysely.ts'
import type { Session } from './session.ts'
import { newTag } from './tag.ts'

/** What writes within one transaction. */
export type Writing = {
  query<Row>(statement: Statement<Row>): Promise<Row[]>
}

export type Writer = {
  /**
   * Runs `work` in a transaction of its own that carries the reason into the audit trail; either all of it holds, or nothing. Fails
   * with `ConsoleError`; when the connection is lost while the transaction ends, with `CONNECTION_LOST` that says so: nobody knows
   * then whether it holds, and nothing is tried again.
   */
  write<Value>(
    reason: string,
    signal: AbortSignal,
    work: (writing: Writing) => Promise<Value>,
  ): Promise<Value>
  close(): Promise<void>
}

/** Milliseconds after which a connection that nobody writes over is given back. */
const idleTime = 10_000
/** Milliseconds to wait for a lock. */
const lockTimeout = 10_000

/** Writes of one session over one connection, one after the other. It connects at first use. */
export const createWriter = (
  session: Pick<Session, 'openConnection' | 'assertMayWrite' | 'profile'>,
): Writer => {
  let connection: Connection | null = null
  let idle: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const end = async () => {
    const ending = connection
    connection = null
    clearTimeout(idle)
    await ending?.client.end().catch(() => undefined)
  }

  const connect = async (signal: AbortSignal): Promise<Connection> => {
    const opened = await session.openConnection(signal)
    opened.client.once('end', () => {
      if (connection === opened) connection = null
    })
    return opened
  }

  const run = async <Value>(
    reason: string,
    signal: AbortSignal,
    work: (writing: Writing) => Promise<Value>,
  ): Promise<Value> => {
    signal.throwIfAborted()
    clearTimeout(idle)
    connection ??= await connect(signal)
    const { client, context, destroy } = connection
    const { role, statementTimeout } = session.profile
    const abort = () => destroy()
    signal.addEventListener('abort', abort, { once: true })
    let ending = false
    try {
      await client.query(`${newTag()} begin`)
      // For the transaction only: a pooler hands the connection to others.
      await client.query(
        `${newTag()} select pg_catalog.set_config(name, value, true) from (values
           ('search_path', 'pg_catalog, pg_temp'), ('audit.reason', $1), ('lock_timeout', $2), ('statement_timeout', $3), ('role', $4)
         ) as pinned (name, value) where value is not null`,
        [reason, String(lockTimeout), String(statementTimeout * 1000), role],
      )
      const value = await work({
        async query<Row>(statement: Statement<Row>) {
          const { sql, parameters } = compile(statement)
          return (await client.query(`${newTag()} ${sql}`, [...parameters])).rows as Row[]
        },
      })
      ending = true
      await client.query(`${newTag()} commit`)
      return value
    } catch (error) {
      // Ended rather than rolled back: whatever state it is in, the next write begins on a new one.
      await end()
      if (signal.aborted && !ending) throw signal.reason
      const failure = error instanceof ConsoleError ? error : databaseError(error, context)
      throw ending && failure.code === 'CONNECTION_LOST' ? unknownOutcome(failure) : failure
    } finally {
      signal.removeEventListener('abort', abort)
      if (connection !== null) {
        idle = setTimeout(() => void end(), idleTime)
        idle.unref()
      }
    }
  }

  return {
    write(reason, signal, work) {
      const result = turn.then(() => {
        session.assertMayWrite()
        return run(reason, signal, work)
      })
      turn = result.catch(() => undefined)
      return result
    },
    async close() {
      await turn
      await end()
    },
  }
}

const unknownOutcome = (cause: ConsoleError): ConsoleError =>
  new ConsoleError(
    'CONNECTION_LOST',
    'The connection was lost while the change was being completed: it may hold or not.',
    'Look at the row before you try again.',
    { cause },
  )
