import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { directorySum, readMigrationFiles } from '../migrations/files.ts'

/** The project's `migrations` folder: it stands above this file, whether that runs from the sources or bundled. */
export const migrationsFolder = (): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'migrations')
    if (existsSync(join(candidate, '0001_roles.up.sql'))) return candidate
    if (dirname(folder) === folder)
      throw new Error('The migrations folder is missing from this installation.')
  }
}

/** Changes when any migration does. */
export const schemaFingerprint = async (): Promise<string> => {
  const files = await readMigrationFiles(migrationsFolder())
  return directorySum(files.map(({ name, up }) => ({ name, checksum: up.checksum })))
}

/** Runs every migration on a scratch database, each in a transaction of its own, without any history. */
export const applySchema = async (client: pg.ClientBase, direction: 'up' | 'down' = 'up'): Promise<void> => {
  const files = await readMigrationFiles(migrationsFolder())
  if (direction === 'down') files.reverse()
  for (const file of files) {
    // One message with several statements is one transaction, also without begin and commit.
    await client.query((direction === 'up' ? file.up : file.down)?.sql ?? '')
  }
}
