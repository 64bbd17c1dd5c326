import { vi } from 'vitest'
import { migrateCommand } from '../../src/main/cli/migrate/migrate.ts'
import { newHome } from './sandbox.ts'

/** `viruj-console migrate …` without a terminal, in this process: its exit code and what it printed. */
export const migrateIn = async (words: readonly string[], url?: string, home = newHome()) => {
  vi.stubEnv('DATABASE_URL', url)
  vi.stubEnv('VIRUJ_CONSOLE_HOME', home)
  const stdout: string[] = []
  const stderr: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => stdout.push(line))
  vi.spyOn(console, 'error').mockImplementation((line: string) => stderr.push(line))
  try {
    await migrateCommand([...words])
    return { code: process.exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
  } finally {
    process.exitCode = undefined
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
}
