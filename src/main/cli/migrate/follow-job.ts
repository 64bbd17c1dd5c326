import { setTimeout as wait } from 'node:timers/promises'
import { ConsoleError, cancelled } from '../../../shared/errors.ts'
import type { JobState } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'

const pollInterval = 50

/**
 * Waits for the end of a job and prints what it says, on the channel for people. Fails with the job's error. When the signal
 * fires the job is asked to stop, and is waited for all the same.
 */
export const followJob = async (
  { jobs }: Pick<Session, 'jobs'>,
  { id }: JobState,
  signal: AbortSignal,
): Promise<unknown> => {
  const cancel = () => void jobs.cancel({ jobId: id })
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  let said = 0
  for (;;) {
    const { status, log, result, error } = await jobs.get({ jobId: id })
    for (const line of log.slice(said)) console.error(line)
    said = log.length
    switch (status) {
      case 'running':
        await wait(pollInterval)
        continue
      case 'done':
        return result
      case 'failed':
      case 'cancelled':
        throw error === null ? cancelled('The job') : ConsoleError.fromShape(error)
      default:
        status satisfies never
    }
  }
}
