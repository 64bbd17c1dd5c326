import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { ProbeCell, Quantity } from '../../../shared/operations.ts'
import { localTime, parseTimestamp } from '../../ui/time.ts'

const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits })

/** Quantities whose cells stand at the right. */
export const isFigure = (kind: Quantity): boolean =>
  kind === 'number' ||
  kind === 'count' ||
  kind === 'bytes' ||
  kind === 'seconds' ||
  kind === 'milliseconds' ||
  kind === 'percent'

/** A value with its unit, as the table shows it; null stays null. */
export const cellWords = (value: ProbeCell | undefined, kind: Quantity): string | null => {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ')
  if (kind === 'number') return String(value)
  // A statement is one line here; its detail shows it as it is.
  if (kind === 'sql') return String(value).trim().replace(/\s+/g, ' ')
  if (typeof value === 'string') {
    const moment = kind === 'timestamp' ? parseTimestamp(value) : null
    return moment === null ? value : localTime(moment, Date.now())
  }
  switch (kind) {
    case 'bytes':
      return formatBytes(value)
    case 'seconds':
      return formatSeconds(value)
    case 'milliseconds':
      return `${number(value, value < 10 ? 2 : 0)} ms`
    case 'percent':
      return `${number(value, 1)} %`
    default:
      return number(value, 2)
  }
}
