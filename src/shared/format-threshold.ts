import { formatBytes, formatSeconds } from './format-quantity.ts'
import type { Threshold } from './operations.ts'

/** The value with its unit: `64 MB`, `30 s`, `20 %`. */
export const formatThreshold = (value: number, unit: Threshold['unit']): string => {
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
    case 'count':
      return value.toLocaleString('en')
    default:
      return unit satisfies never
  }
}
