import type { LockMode } from '../../../shared/migrations.ts'
import { lockModes } from '../../../shared/migrations.ts'

export const isStronger = (mode: LockMode, than: LockMode): boolean =>
  lockModes.indexOf(mode) > lockModes.indexOf(than)

/** Modes that make who inserts, updates or deletes wait. */
export const blocksWrites = (mode: LockMode): boolean => !isStronger('SHARE', mode)

/** The one mode that makes who reads wait. */
export const blocksReads = (mode: LockMode): boolean => mode === 'ACCESS EXCLUSIVE'
