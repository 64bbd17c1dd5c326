import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processColumn } from './processes.ts'

/** What `postmaster.pid` says. `status` is empty while the server has not written it yet. */
export interface PidFile {
  readonly pid: number
  readonly port: number
  readonly status: string
}

/** Reads `postmaster.pid`, whose lines are fixed since PostgreSQL 10 (`pidfile.h`). `undefined`: there is none. */
export const readPidFile = (dataDir: string): PidFile | undefined => {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 0) return undefined
    return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Whether a server runs on `dataDir`. The lock file alone proves nothing: after a crash its pid may belong to another
 * program, which must not be signalled.
 */
export const isRunning = (dataDir: string): boolean => {
  const pid = readPidFile(dataDir)?.pid
  if (pid === undefined || !isAlive(pid)) return false
  if (process.platform === 'linux') {
    try {
      // A postmaster's working directory is its data directory.
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir)
    } catch {
      // Gone in between, a zombie, or a process of another account, hence not ours.
      return false
    }
  }
  return process.platform === 'win32' || processColumn(pid, 'command').includes(dataDir)
}
