import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type pg from 'pg'

/** The project's `migrations` folder: it stands above this file, whether that runs from the sources or bundled. */
const migrationsFolder = (): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'migrations')
    if (existsSync(join(candidate, '0001_domain.up.sql'))) return candidate
    if (dirname(folder) === folder)
      throw new Error('The migrations folder is missing from this installation.')
  }
}

/** The migrations in their order, each as its name (`0001_domain`) and its SQL. */
const readMigrations = (direction: 'up' | 'down'): { name: string; sql: string }[] => {
  const folder = migrationsFolder()
  const suffix = `.${direction}.sql`
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .sort()
  if (direction === 'down') files.reverse()
  return files.map((file) => ({
    name: file.slice(0, -suffix.length),
    sql: readFileSync(join(folder, file), 'utf8'),
  }))
}

/** Changes when any migration does. */
export const schemaFingerprint = (): string =>
  createHash('sha256')
    .update(JSON.stringify(readMigrations('up')))
    .digest('hex')

/** Runs every migration on an empty database, each in a transaction of its own. */
export const applySchema = async (client: pg.ClientBase, direction: 'up' | 'down' = 'up'): Promise<void> => {
  for (const { sql } of readMigrations(direction)) {
    // One message with several statements is one transaction, also without begin and commit.
    await client.query(sql)
  }
}
