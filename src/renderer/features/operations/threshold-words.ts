import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { Threshold } from '../../../shared/operations.ts'

/** The value with its unit: `64 MB`, `30 s`, `20 %`. */
export const thresholdWords = (value: number, unit: Threshold['unit']): string => {
  switch (unit) {
    case 'bytes':
      return formatBytes(value)
    case 'seconds':
      return formatSeconds(value)
    case 'milliseconds':
      return `${value} ms`
    case 'percent':
      return `${value} %`
    case 'days':
      return `${value} d`
    default:
      return value.toLocaleString('en')
  }
}

/** What a person types a threshold in, and how many of its own unit that is. */
export const typedUnit: Record<Threshold['unit'], { suffix: string; size: number }> = {
  bytes: { suffix: ' MB', size: 1024 ** 2 },
  seconds: { suffix: ' s', size: 1 },
  milliseconds: { suffix: ' ms', size: 1 },
  percent: { suffix: ' %', size: 1 },
  days: { suffix: ' d', size: 1 },
  count: { suffix: '', size: 1 },
}
