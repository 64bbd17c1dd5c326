import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whether `pid` is a process at all. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** One column of `ps` for a process; empty when there is no such process. */
export const processColumn = (pid: number, column: 'command' | 'lstart'): string => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  } catch {
    // ps exits with 1 when there is no such process.
    return ''
  }
}

/**
 * When a process began, in whatever words the system has for it; empty when there is none. With the pid it names a
 * process for good, since pids are used again.
 */
export const processStart = (pid: number): string => {
  switch (process.platform) {
    case 'linux':
      try {
        // proc(5): after the command in parentheses, which may hold spaces, the 20th field is the start in clock ticks.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
        return fields?.[19] ?? ''
      } catch {
        return ''
      }
    case 'win32':
      return isAlive(pid) ? 'unknown' : ''
    default:
      return processColumn(pid, 'lstart')
  }
}
