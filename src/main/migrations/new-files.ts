import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConsoleError } from '../../shared/errors.ts'
import { readMigrationFiles } from './files.ts'

/**
 * Makes the two files of a new migration, with the next free number. Without text they hold no statement, so `up` refuses them.
 * Fails with `INVALID_INPUT`, `NOT_FOUND` or, when somebody took the number meanwhile, `CONFLICT`.
 */
export const createMigrationFiles = async (
  folder: string,
  name: string,
  { transactional, up }: { transactional: boolean; up?: string },
): Promise<{ version: string; up: string; down: string }> => {
  if (!/^[a-z0-9_]{1,100}$/.test(name)) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `"${name}" is not the name of a migration.`,
      'Say what it does in lower case, digits and underscores: documents_legal_hold.',
    )
  }
  const last = (await readMigrationFiles(folder)).at(-1)?.version ?? '0000'
  const version = `${Number(last) + 1}`.padStart(last.length, '0')
  const path = (direction: 'up' | 'down') => join(folder, `${version}_${name}.${direction}.sql`)
  const head = transactional ? '' : '-- no-transaction\n'
  const write = (direction: 'up' | 'down', text: string) =>
    // Never over a file that somebody else has made meanwhile.
    writeFile(path(direction), `${head}${text}\n`, { flag: 'wx' }).catch((cause: unknown) => {
      throw new ConsoleError(
        'CONFLICT',
        `${path(direction)} cannot be made.`,
        'Check that it is not there already, and that you may write to the folder.',
        { cause },
      )
    })
  await write('up', up ?? '-- What this changes, and why.')
  await write('down', '-- Takes back what the other file does.')
  return { version, up: path('up'), down: path('down') }
}
