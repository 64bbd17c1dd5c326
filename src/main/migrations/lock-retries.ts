import { setTimeout as wait } from 'node:timers/promises'
import { cancelled } from '../../shared/errors.ts'
import { isLockTimeout } from './failure.ts'

/**
 * Tries again what waited in vain for a lock, and nothing else, a bounded number of times. `attempt` leaves nothing behind when
 * it fails.
 */
export const retryingLocks = async (
  attempt: () => Promise<void>,
  options: { retries: number; signal: AbortSignal; onRetry: (retry: number) => void },
): Promise<void> => {
  for (let retry = 1; ; retry++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isLockTimeout(error) || retry > options.retries) throw error
      options.onRetry(retry)
      // Who waits for the same lock gets its turn first.
      await wait(Math.min(100 * 2 ** retry, 2000), undefined, { signal: options.signal }).catch(() => {
        throw cancelled('The migration')
      })
    }
  }
}
