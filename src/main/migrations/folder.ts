import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The ERP's own migrations: their folder stands above this file, whether that runs from the sources or bundled. */
export const erpMigrationsFolder = (): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'migrations')
    if (existsSync(join(candidate, '0001_roles.up.sql'))) return candidate
    if (dirname(folder) === folder)
      throw new Error('The migrations folder is missing from this installation.')
  }
}
