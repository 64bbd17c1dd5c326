import { ConsoleError } from '../../shared/errors.ts'

const diskFull = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT|File too large|EFBIG/

/**
 * Why a step on a cluster failed, from what the programs of PostgreSQL or the file system said.
 * @param step what was tried, such as `start the primary`
 */
export const clusterError = (step: string, folder: string, said: string, cause?: unknown): ConsoleError => {
  const detail = said.trim().split('\n').slice(-12).join('\n')
  if (diskFull.test(said)) {
    return new ConsoleError(
      'DISK_FULL',
      `The disk is full: the sandbox could not ${step} in ${folder}.`,
      'Free about 500 MB on that disk, or choose another folder with VIRUJ_HOME, and open the sandbox again.',
      { detail, cause },
    )
  }
  return new ConsoleError(
    'SANDBOX_FAILED',
    `The sandbox could not ${step} in ${folder}.`,
    'Open the sandbox again. If it fails again, delete that folder: it holds sample data only and is rebuilt.',
    { detail, cause },
  )
}
