import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConsoleError } from '../../shared/errors.ts'

/** One direction of a migration. */
export type MigrationScript = {
  sql: string
  /** SHA-256 in hex, the same whatever line endings the file was checked out with. */
  checksum: string
  /** False: `-- no-transaction` stands on a line of its own in front of the first statement. */
  transactional: boolean
}

/** A migration as its files have it: `0014_documents_legal_hold.up.sql` and `.down.sql`. */
export type MigrationFile = {
  version: string
  name: string
  up: MigrationScript
  down: MigrationScript | null
}

const pattern = /^(\d{4,14})_([a-z0-9_]+)\.(up|down)\.sql$/

/** What Git and editors change without meaning it: a byte order mark, CRLF or CR for LF. */
const normalised = (sql: string): string => sql.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `-- no-transaction` on a line of its own, in front of the first statement. */
const asksForNoTransaction = (sql: string): boolean => {
  for (const line of sql.split('\n')) {
    const text = line.trim()
    if (/^--\s*no-transaction$/.test(text)) return true
    if (text !== '' && !text.startsWith('--')) return false
  }
  return false
}

const badFile = (message: string, remedy: string, cause?: unknown): ConsoleError =>
  new ConsoleError('INVALID_INPUT', message, remedy, { cause })

const decode = (file: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw badFile(`${file} is not UTF-8.`, 'Save it as UTF-8.', cause)
  }
}

/** Reads a file whose bytes must be UTF-8: what is reviewed is what runs, so nothing is replaced in silence. */
const readScript = async (folder: string, file: string): Promise<MigrationScript> => {
  const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
    throw badFile(`${file} cannot be read.`, 'Check what it is and who may read it.', cause)
  })
  const sql = normalised(decode(file, bytes))
  return { sql, checksum: sha256(sql), transactional: !asksForNoTransaction(sql) }
}

/** Versions are numbers: `0010` and `00010` would be the same one, and `0100` comes after `00099`. */
export const byVersion = (a: { version: string }, b: { version: string }): number =>
  Number(a.version) - Number(b.version)

/**
 * The migrations of a folder in their order. Other files are ignored unless they end in `.sql`: a name that was mistyped must
 * not be passed over in silence. Fails with `NOT_FOUND` or `INVALID_INPUT`.
 */
export const readMigrationFiles = async (folder: string): Promise<MigrationFile[]> => {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new ConsoleError(
      'NOT_FOUND',
      `The folder of migrations ${folder} cannot be read.`,
      'Name another one in the connection, or with --dir.',
      { cause },
    )
  })
  const found = new Map<string, { name: string; up?: MigrationScript; down?: MigrationScript }>()
  for (const file of names.filter((name) => /\.sql$/i.test(name)).sort()) {
    const [, version, rest, direction] = pattern.exec(file) ?? []
    if (version === undefined || (direction !== 'up' && direction !== 'down')) {
      throw badFile(
        `${file} is not the name of a migration.`,
        'Name it NNNN_what_it_does.up.sql or .down.sql, in lower case, digits and underscores.',
      )
    }
    const name = `${version}_${rest}`
    const key = String(Number(version))
    const entry = found.get(key) ?? { name }
    if (entry.name !== name) {
      throw badFile(
        `${entry.name} and ${name} have the same number.`,
        'Give one of them the next free number.',
      )
    }
    entry[direction] = await readScript(folder, file)
    found.set(key, entry)
  }
  return [...found.values()]
    .map(({ name, up, down }): MigrationFile => {
      if (up === undefined) {
        throw badFile(`${name}.down.sql has no ${name}.up.sql.`, 'Add the file, or take the other one away.')
      }
      return { version: name.slice(0, name.indexOf('_')), name, up, down: down ?? null }
    })
    .sort(byVersion)
}

/** SHA-256 in hex over names and checksums in their order: changes when a file is changed, renamed, moved, added or taken away. */
export const directorySum = (files: readonly { name: string; checksum: string }[]): string =>
  sha256(files.map(({ name, checksum }) => `${name} ${checksum}\n`).join(''))
