import { usageError } from '../../api/start-options.ts'
import { erpMigrationsFolder } from '../../migrations/folder.ts'
import { createMigrationFiles } from '../../migrations/new-files.ts'
import { exitCodes } from './exit-codes.ts'
import { parseWords } from './words.ts'

/** `migrate new NAME`: two files with the next free number. Needs no database. */
export const newFiles = async (words: string[]): Promise<number> => {
  const { values, positionals } = parseWords(
    words,
    {
      dir: { type: 'string' },
      json: { type: 'boolean', default: false },
      'no-transaction': { type: 'boolean', default: false },
    },
    { max: 1 },
  )
  const [name] = positionals
  if (name === undefined) throw usageError('Say what the migration does: "migrate new documents_legal_hold".')
  const made = await createMigrationFiles(values.dir ?? erpMigrationsFolder(), name, {
    transactional: !values['no-transaction'],
  })
  console.log(values.json ? JSON.stringify(made) : `${made.up}\n${made.down}`)
  return exitCodes.clean
}
