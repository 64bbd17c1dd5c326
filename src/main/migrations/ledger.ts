import { createHash } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import type { Migration } from '../../shared/migrations.ts'
import { byVersion, directorySum, type MigrationFile } from './files.ts'
import { type HistoryRow, toRun } from './history.ts'

/** A migration as its files and the history tell it. One of the two may be missing. */
export type LedgerEntry = {
  version: string
  name: string
  state: Migration['state']
  file: MigrationFile | null
  /** The run that brought it into the database. */
  appliedBy: HistoryRow | null
  /** The run that stopped on its way, without a transaction. */
  halfDone: HistoryRow | null
}

export type Ledger = {
  /** In the order of their versions. */
  entries: LedgerEntry[]
  /** Version of the last migration that is in the database. */
  current: string | null
  /** Why nothing runs, each in one sentence: the files are not those that were run. */
  problems: string[]
}

/** SHA-256 in hex over statements: those that are done must be the same when the rest of a file is run. */
export const progressSum = (statements: readonly { sql: string }[]): string =>
  createHash('sha256')
    .update(statements.map(({ sql }) => sql).join('\0'))
    .digest('hex')

/** The files up to and including one. */
export const filesThrough = (files: readonly MigrationFile[], version: string): MigrationFile[] =>
  files.filter((file) => byVersion(file, { version }) <= 0)

/** Sum over all files up to and including one, upwards. */
export const prefixSum = (files: readonly MigrationFile[], version: string): string =>
  directorySum(filesThrough(files, version).map(({ name, up }) => ({ name, checksum: up.checksum })))

/** Sum over all files, both ways. */
export const folderSum = (files: readonly MigrationFile[]): string =>
  directorySum(
    files.flatMap(({ name, up, down }) => [
      { name: `${name}.up.sql`, checksum: up.checksum },
      ...(down === null ? [] : [{ name: `${name}.down.sql`, checksum: down.checksum }]),
    ]),
  )

type Known = { appliedBy: HistoryRow | null; halfDone: HistoryRow | null }

/** What the history says of each version, by its number. */
const replay = (history: readonly HistoryRow[]): Map<number, Known> => {
  const known = new Map<number, Known>()
  for (const run of history) {
    const number = Number(run.version)
    const before = known.get(number) ?? { appliedBy: null, halfDone: null }
    if (run.outcome === 'done') {
      known.set(number, { appliedBy: run.direction === 'down' ? null : run, halfDone: null })
    } else if (run.statementsBegun > 0) {
      known.set(number, { ...before, halfDone: run })
    } else if (before.halfDone?.direction === run.direction) {
      // It went on from what was half done, and nothing of that is left.
      known.set(number, { ...before, halfDone: null })
    }
  }
  return known
}

/**
 * Compares the files with the history. All states and problems come from these two alone; nothing is read.
 * @param history in the order in which it was written
 */
export const readLedger = (files: readonly MigrationFile[], history: readonly HistoryRow[]): Ledger => {
  const known = replay(history)
  const applied = [...known.values()].flatMap(({ appliedBy }) => appliedBy ?? []).sort(byVersion)
  const last = applied.at(-1) ?? null
  const names = new Set(applied.map(({ name }) => name))
  const problems: string[] = []

  const entryOf = (file: MigrationFile): LedgerEntry => {
    const { appliedBy = null, halfDone = null } = known.get(Number(file.version)) ?? {}
    const entry = { version: file.version, name: file.name, file, appliedBy, halfDone }
    const state = () => {
      if (appliedBy !== null && appliedBy.name !== file.name) return 'changed'
      if (halfDone !== null) return 'half-done'
      if (appliedBy !== null) return appliedBy.checksum === file.up.checksum ? 'applied' : 'changed'
      return last !== null && byVersion(file, last) < 0 ? 'out-of-order' : 'pending'
    }
    return { ...entry, state: state() }
  }

  const entries = files.map(entryOf)
  const numbers = new Set(files.map(({ version }) => Number(version)))
  for (const { appliedBy, halfDone } of known.values()) {
    const run = appliedBy ?? halfDone
    if (run === null || numbers.has(Number(run.version))) continue
    entries.push({ version: run.version, name: run.name, state: 'missing', file: null, appliedBy, halfDone })
  }
  entries.sort(byVersion)

  /** Where the content of a run is now, under another name. */
  const movedTo = (run: HistoryRow): MigrationFile | undefined =>
    files.find(({ name, up }) => name !== run.name && up.checksum === run.checksum && !names.has(name))

  for (const { name, state, appliedBy, halfDone } of entries) {
    const moved = appliedBy === null ? undefined : movedTo(appliedBy)
    if (state === 'missing' && moved === undefined) {
      const what = appliedBy === null && halfDone !== null ? 'is half done' : 'was applied'
      problems.push(`${name} ${what}, and its file is gone.`)
    } else if (appliedBy !== null && appliedBy.name !== name) {
      problems.push(`${appliedBy.name} was applied, and number ${appliedBy.version} is ${name} now.`)
    } else if (moved !== undefined && state !== 'applied') {
      problems.push(`${name} was applied, and what it did stands in ${moved.name} now.`)
    } else if (state === 'changed') {
      problems.push(`${name} was changed since it was applied.`)
    } else if (state === 'out-of-order') {
      problems.push(`${name} is not applied, and ${last?.name ?? 'a later one'} is.`)
    }
  }
  if (last !== null && directorySum(applied) !== last.prefixSum) {
    problems.push(
      `The history was changed: it does not add up to what it held when ${last.name} was applied.`,
    )
  }
  return { entries, current: last?.version ?? null, problems }
}

/** A ledger's entry in the words of the contract. */
export const toMigration = ({ version, name, state, file, appliedBy, halfDone }: LedgerEntry): Migration => ({
  version,
  name,
  state,
  hasDown: file !== null && file.down !== null,
  transactional: file?.up.transactional ?? true,
  appliedBy: appliedBy === null ? null : toRun(appliedBy),
  halfDone:
    halfDone === null
      ? null
      : {
          direction: halfDone.direction === 'down' ? 'down' : 'up',
          done: halfDone.statementsDone,
          statements: halfDone.statements,
          unclear: halfDone.statementsBegun > halfDone.statementsDone,
        },
})

/** Fails with `CHECKSUM_MISMATCH` when the files are not those that were run. */
export const assertUnchanged = ({ problems }: Ledger): void => {
  if (problems.length === 0) return
  throw new ConsoleError(
    'CHECKSUM_MISMATCH',
    `The folder and the history disagree. ${problems.join(' ')}`,
    'Restore the files as they were when they were applied. What shall change, or come in between, becomes a new migration with the next free number.',
  )
}
