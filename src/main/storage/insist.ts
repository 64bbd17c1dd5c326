import { setTimeout as wait } from 'node:timers/promises'
import { mayPass } from './storage-errors.ts'

/** Milliseconds to wait before the same is tried again. */
const pauses = [500, 2000, 5000] as const

/**
 * Does it again when the storage was not reached or was busy, three times at most. Only for what changes nothing when it is done
 * twice: reading, and putting the same bytes under the same key.
 */
export const insist = async <Value>(
  work: () => Promise<Value>,
  signal: AbortSignal,
  onRetry: () => void = () => undefined,
): Promise<Value> => {
  for (const pause of pauses) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error
      onRetry()
      await wait(pause, undefined, { signal })
    }
  }
  return work()
}
