import type { Threshold } from '../../../shared/operations.ts'

/** What a person types a threshold in, and how many of its own unit that is. */
export const typedUnit: Record<Threshold['unit'], { suffix: string; size: number }> = {
  bytes: { suffix: ' MB', size: 1024 ** 2 },
  seconds: { suffix: ' s', size: 1 },
  milliseconds: { suffix: ' ms', size: 1 },
  percent: { suffix: ' %', size: 1 },
  days: { suffix: ' d', size: 1 },
  count: { suffix: '', size: 1 },
}
