import type { ConsoleErrorShape } from '../../../shared/errors.ts'

/** What `viruj-console migrate` ends with, for scripts. */
export const exitCodes = { clean: 0, error: 1, pending: 2, drift: 3, checksumMismatch: 4 } as const

export const exitCodeOf = ({ code }: Pick<ConsoleErrorShape, 'code'>): number =>
  code === 'CHECKSUM_MISMATCH' ? exitCodes.checksumMismatch : exitCodes.error
