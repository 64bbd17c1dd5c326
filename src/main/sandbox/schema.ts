import type pg from 'pg'
import { directorySum, readMigrationFiles } from '../migrations/files.ts'
import { erpMigrationsFolder } from '../migrations/folder.ts'

/** Changes when any migration does. */
export const schemaFingerprint = async (): Promise<string> => {
  const files = await readMigrationFiles(erpMigrationsFolder())
  return directorySum(files.map(({ name, up }) => ({ name, checksum: up.checksum })))
}

/** Runs every migration on a scratch database, each in a transaction of its own, without any history. */
export const applySchema = async (client: pg.ClientBase, direction: 'up' | 'down' = 'up'): Promise<void> => {
  const files = await readMigrationFiles(erpMigrationsFolder())
  if (direction === 'down') files.reverse()
  for (const file of files) {
    // One message with several statements is one transaction, also without begin and commit.
    await client.query((direction === 'up' ? file.up : file.down)?.sql ?? '')
  }
}
