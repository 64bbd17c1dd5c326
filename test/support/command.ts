import { vi } from 'vitest'
import { auditCommand } from '../../src/main/cli/audit.ts'
import { backupCommand } from '../../src/main/cli/backup.ts'
import { doctorCommand } from '../../src/main/cli/doctor.ts'
import { documentsCommand } from '../../src/main/cli/documents.ts'
import { migrateCommand } from '../../src/main/cli/migrate/migrate.ts'
import { storageCommand } from '../../src/main/cli/storage.ts'
import { newHome } from './sandbox.ts'

/** A command without a terminal, in this process: its exit code and what it printed. */
const commandIn =
  (command: (words: string[]) => Promise<void>) =>
  async (words: readonly string[], url?: string, home = newHome()) => {
    vi.stubEnv('DATABASE_URL', url)
    vi.stubEnv('VIRUJ_CONSOLE_HOME', home)
    const stdout: string[] = []
    const stderr: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => stdout.push(line))
    vi.spyOn(console, 'error').mockImplementation((line: string) => stderr.push(line))
    try {
      await command([...words])
      return { code: process.exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
    } finally {
      process.exitCode = undefined
      vi.restoreAllMocks()
      vi.unstubAllEnvs()
    }
  }

/** `viruj-console migrate …`. */
export const migrateIn = commandIn(migrateCommand)
/** `viruj-console audit …`. */
export const auditIn = commandIn(auditCommand)
/** `viruj-console storage …`. */
export const storageIn = commandIn(storageCommand)
/** `viruj-console documents …`. */
export const documentsIn = commandIn(documentsCommand)
/** `viruj-console doctor …`. */
export const doctorIn = commandIn(doctorCommand)
/** `viruj-console backup …`. */
export const backupIn = commandIn(backupCommand)
