import { setTimeout as wait } from 'node:timers/promises'
import { cancelled } from '../../../shared/errors.ts'
import type { LockHolder } from '../../session/control.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { JobContext } from '../../session/jobs.ts'
import { namingHolders } from '../../session/lock-holders.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import type { Writing } from '../../session/writer.ts'
import { readProgress } from './maintenance-progress.ts'

/** Milliseconds between looks at how far it is, at the end. Short work is looked at more often. */
const lookTime = 500
/** Milliseconds after which a statement that was cancelled and does not end loses its connection. */
const cancelTime = 5000
/** Settings of this connection only, which ends with the statement. */
const settings = `select pg_catalog.set_config(name, value, false) from (values
   ('statement_timeout', '0'), ('lock_timeout', $1), ('idle_in_transaction_session_timeout', '0'), ('role', $2)
 ) as pinned (name, value) where value is not null`

export type Warning = { message: string; routine: string | undefined }

/**
 * Runs one statement that cannot run within a transaction on a connection of its own, reports how far it is, and returns what the server
 * warned of. Aborting the signal cancels it on the server. Fails with `ConsoleError`.
 */
export const runAlone = async (
  session: Pick<Session, 'openConnection' | 'control' | 'profile'>,
  query: Writing['query'],
  { text, title, lockTimeout }: { text: string; title: string; lockTimeout: number },
  { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<Warning[]> => {
  const { client, context, pid, destroy } = await session.openConnection(signal)
  const warnings: Warning[] = []
  client.on('notice', ({ severity, message = '', routine }) => {
    if (severity === 'WARNING') warnings.push({ message, routine })
  })
  const tag = newTag()
  let holders: LockHolder[] = []
  const looking = new AbortController()
  const look = async (): Promise<void> => {
    for (let pause = 50; ; pause = Math.min(pause * 1.5, lookTime)) {
      await wait(pause, undefined, { signal: looking.signal })
      const [progress, found] = await Promise.all([
        pid === null ? null : readProgress(query, pid),
        session.control.lockHolders(tag),
      ])
      if (found.length > 0) holders = found
      const [holder] = found
      if (progress !== null) report(progress)
      else if (holder !== undefined) {
        report({ done: 0, total: null, unit: 'pages', what: `Waits for a lock of backend ${holder.pid}` })
      }
    }
  }
  let deadline: NodeJS.Timeout | undefined
  const abort = () => {
    void session.control.cancel(tag, pid)
    deadline = setTimeout(() => destroy(), cancelTime)
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.query(`${newTag()} ${settings}`, [String(lockTimeout), session.profile.role])
    signal.throwIfAborted()
    // How far it is is not worth failing for.
    const watching = look().catch(() => undefined)
    try {
      await client.query(`${tag} ${text}`)
    } finally {
      looking.abort()
      await watching
    }
    return warnings
  } catch (error) {
    throw signal.aborted ? cancelled(title) : namingHolders(databaseError(error, context), holders)
  } finally {
    signal.removeEventListener('abort', abort)
    clearTimeout(deadline)
    await client.end().catch(() => undefined)
  }
}
