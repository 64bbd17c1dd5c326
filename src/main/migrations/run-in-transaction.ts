import { newTag } from '../session/tag.ts'
import { become } from './acting-role.ts'
import { endRunDone } from './history.ts'
import { assertStillLocked } from './lock.ts'
import { retryingLocks } from './lock-retries.ts'
import type { StepRun } from './run-step.ts'
import { sendStatement } from './send.ts'

/** Runs a file as one transaction that also ends its row in the history: both are there, or neither. */
export const runInTransaction = (run: StepRun): Promise<void> => {
  const { migrator, step, id, options, context } = run
  const { link, role } = migrator
  const { client } = link

  const attempt = async (): Promise<void> => {
    await client.query(`${newTag()} begin isolation level read committed read write`)
    try {
      await assertStillLocked(client)
      for (const [index, statement] of step.statements.entries()) {
        run.onStatement(index)
        await sendStatement(link, statement.sql, { ...context, lockTimeout: options.lockTimeout })
      }
      run.onStatement(null)
      // What is deferred fails here rather than in COMMIT.
      await client.query(`${newTag()} set constraints all immediate`)
      await become(client, role)
      await assertStillLocked(client)
      await endRunDone(client, id)
      await client.query(`${newTag()} commit`)
    } catch (error) {
      // Fails only on a connection that is gone, and its transaction with it.
      await client.query(`${newTag()} rollback`).catch(() => undefined)
      throw error
    }
  }
  return retryingLocks(attempt, {
    retries: options.lockRetries,
    signal: context.signal,
    onRetry: (retry) =>
      context.log(
        `${step.fileName} waited in vain for a lock. All of it was rolled back; retry ${retry} of ${options.lockRetries}.`,
      ),
  })
}
