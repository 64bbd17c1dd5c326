import type { GateFinding, LockMode } from '../../../shared/migrations.ts'
import type { Figures } from './known.ts'
import { blocksReads, blocksWrites } from './lock-modes.ts'

export type Severity = GateFinding['severity']

const MB = 1024 ** 2
const GB = 1024 ** 3

/** Below it everything is over before somebody notices. */
export const smallBytes = 10 * MB
export const largeBytes = GB
/** Changed rows per second from which a table counts as busy. */
const busyWrites = 10

const order = ['ok', 'warning', 'danger'] as const

export const worst = (severities: Severity[]): Severity =>
  order.findLast((severity) => severities.includes(severity)) ?? 'ok'

/** How bad it is to go through all rows of a table under a lock. */
export const weighWork = (figures: Figures | undefined, mode: LockMode): Severity => {
  if (!blocksWrites(mode)) return 'ok'
  if (figures === undefined) return 'warning'
  if (figures.bytes < smallBytes) return 'ok'
  const busy = (figures.writesPerSecond ?? 0) >= 1
  return figures.bytes >= largeBytes || busy ? 'danger' : 'warning'
}

/** How bad it is to lock a table for a moment. */
export const weighLock = (figures: Figures | undefined, mode: LockMode): Severity => {
  if (!blocksWrites(mode)) return 'ok'
  return figures === undefined || (figures.writesPerSecond ?? 0) >= busyWrites ? 'warning' : 'ok'
}

/** Who waits, in a few words. */
export const waitText = (mode: LockMode): string => {
  if (blocksReads(mode)) return 'nobody reads or writes it meanwhile'
  return blocksWrites(mode) ? 'nobody writes to it meanwhile' : 'reading and writing go on'
}
