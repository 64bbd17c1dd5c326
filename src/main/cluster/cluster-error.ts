import { ConsoleError } from '../../shared/errors.ts'

const diskFull = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT|File too large|EFBIG/

/** Not enough room for what was to be done in `folder`. */
export const diskFullError = (step: string, folder: string, needed: string, detail?: string): ConsoleError =>
  new ConsoleError(
    'DISK_FULL',
    `The disk is full: the sandbox could not ${step} in ${folder}.`,
    `Free ${needed} on that disk, or choose a folder on another one with VIRUJ_CONSOLE_HOME, and open the sandbox again.`,
    { detail },
  )

/**
 * Why a step on a cluster failed, from what the programs of PostgreSQL or the file system said.
 * @param step what was tried, such as `start the server`
 */
export const clusterError = (step: string, folder: string, said: string, cause?: unknown): ConsoleError => {
  const detail = said.trim().split('\n').slice(-12).join('\n')
  if (diskFull.test(said)) return diskFullError(step, folder, 'about 500 MB', detail)
  if (cause instanceof ConsoleError) return cause
  return new ConsoleError(
    'SANDBOX_FAILED',
    `The sandbox could not ${step} in ${folder}.`,
    'Open the sandbox again. If it fails again, delete that folder: it holds sample data only and is made anew.',
    { detail, cause },
  )
}
