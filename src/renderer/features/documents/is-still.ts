import type { UploadState } from '../../../shared/documents.ts'

const still: ReadonlySet<UploadState['status']> = new Set(['stored', 'cancelled', 'failed', 'duplicate'])

/** Nothing of it moves any more by itself. */
export const isStill = ({ status }: UploadState): boolean => still.has(status)

const ended: ReadonlySet<UploadState['status']> = new Set(['stored', 'cancelled'])

/** Nothing is left to do for this file. */
export const isEnded = (status: UploadState['status']): boolean => ended.has(status)
