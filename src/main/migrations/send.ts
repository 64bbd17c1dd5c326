import pg from 'pg'
import { type ConsoleError, cancelled } from '../../shared/errors.ts'
import type { LockHolder } from '../session/control.ts'
import { databaseError, type ServerContext } from '../session/database-errors.ts'
import { namingHolders } from '../session/lock-holders.ts'
import { newTag } from '../session/tag.ts'

/** The connection that migrates, and a way to the server beside it. */
export type MigrationLink = {
  client: pg.ClientBase
  context: ServerContext
  /** Cancels the statement that begins with `tag`. */
  cancel(tag: string): Promise<void>
  /** Who makes the statement that begins with `tag` wait. */
  holders(tag: string): Promise<LockHolder[]>
  /** Ends the connection without a word. */
  destroy(): void
}

/** Milliseconds after which a statement that was cancelled and does not end loses its connection. */
const cancelTime = 5000

/** A statement that the server refused, or whose end was not seen because the connection was lost. */
export class StatementFailure extends Error {
  readonly reason: ConsoleError
  /** SQLSTATE; null: the server said nothing, so nobody knows how it ended. */
  readonly sqlstate: string | null
  /** Lines from the statement's first one to where the server points. */
  readonly lines: number

  constructor(reason: ConsoleError, sqlstate: string | null, lines: number) {
    super(reason.message, { cause: reason })
    this.name = 'StatementFailure'
    this.reason = reason
    this.sqlstate = sqlstate
    this.lines = lines
  }
}

/** The server's position counts characters from 1, not UTF-16 units. */
const linesBefore = (text: string, position: number): number =>
  [...text].slice(0, Math.max(0, position - 1)).filter((character) => character === '\n').length

/**
 * Sends one statement of a migration and waits for its end. The extended protocol refuses a second statement in the same text.
 * Aborting the signal cancels it on the server. Fails with `StatementFailure`.
 * @param lockTimeout milliseconds; who holds a lock is looked up within that time
 */
export const sendStatement = async (
  link: MigrationLink,
  sql: string,
  { signal, lockTimeout }: { signal: AbortSignal; lockTimeout: number },
): Promise<void> => {
  const tag = newTag()
  const text = `${tag} ${sql}`
  let holders: LockHolder[] = []
  let looking = false
  // Once the lock timeout has struck nobody waits any more, and nobody can be named.
  const watch = setInterval(async () => {
    if (looking) return
    looking = true
    const found = await link.holders(tag).catch(() => [])
    if (found.length > 0) holders = found
    looking = false
  }, lockTimeout / 2.5)
  let cancelling: Promise<void> = Promise.resolve()
  let deadline: NodeJS.Timeout | undefined
  const abort = () => {
    cancelling = link.cancel(tag)
    deadline = setTimeout(() => link.destroy(), cancelTime)
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    const message = { text, queryMode: 'extended' as const }
    await link.client.query(message)
  } catch (error) {
    const sqlstate = error instanceof pg.DatabaseError ? (error.code ?? null) : null
    const position = error instanceof pg.DatabaseError ? Number(error.position ?? 0) : 0
    const reason = signal.aborted
      ? cancelled('The migration')
      : namingHolders(databaseError(error, link.context), holders)
    throw new StatementFailure(reason, sqlstate, linesBefore(text, position))
  } finally {
    clearInterval(watch)
    clearTimeout(deadline)
    signal.removeEventListener('abort', abort)
    await cancelling
  }
}
