import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationPlan } from '../../shared/migrations.ts'
import { byVersion, type MigrationFile, type MigrationScript } from './files.ts'
import type { HistoryRow } from './history.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'

/** One file to run. */
export type Step = {
  file: MigrationFile
  direction: 'up' | 'down'
  script: MigrationScript
  /** The run to go on from; null: from the beginning. */
  resume: HistoryRow | null
}

export type Wanted = { direction: MigrationPlan['direction']; to: string | null }

const sameVersion = (a: string, b: string): boolean => Number(a) === Number(b)

const halfDoneTo = (entry: LedgerEntry, direction: 'up' | 'down'): HistoryRow | null =>
  entry.halfDone?.direction === direction ? entry.halfDone : null

const up = (entry: LedgerEntry): Step => {
  if (entry.file === null) throw fileGone(entry)
  return { file: entry.file, direction: 'up', script: entry.file.up, resume: halfDoneTo(entry, 'up') }
}

const down = (entry: LedgerEntry): Step => {
  if (entry.file === null) throw fileGone(entry)
  if (entry.file.down === null) {
    throw new ConsoleError(
      'NOT_FOUND',
      `${entry.name} has no way down: there is no ${entry.name}.down.sql.`,
      'Write that file, or go forward with a new migration.',
    )
  }
  return { file: entry.file, direction: 'down', script: entry.file.down, resume: halfDoneTo(entry, 'down') }
}

const fileGone = ({ name }: LedgerEntry): ConsoleError =>
  new ConsoleError('NOT_FOUND', `The file of ${name} is gone.`, 'Restore it from version control.')

export const findEntry = ({ entries }: Ledger, to: string): LedgerEntry => {
  const found = entries.find(({ version }) => sameVersion(version, to))
  if (found !== undefined) return found
  throw new ConsoleError(
    'NOT_FOUND',
    `There is no migration with number ${to}.`,
    'See "viruj-console migrate status" for those that there are.',
  )
}

/** What stopped on its way down is neither there nor gone: it has to be brought to its end first. */
const assertNoneHalfDown = ({ entries }: Ledger): void => {
  const stuck = entries.find(({ halfDone }) => halfDone?.direction === 'down')
  if (stuck === undefined) return
  const done = `${stuck.halfDone?.statementsDone} of ${stuck.halfDone?.statements} statements`
  throw new ConsoleError(
    'CONFLICT',
    `${stuck.name} stopped on its way down: ${done} are done.`,
    'Bring it to its end first, with "viruj-console migrate down".',
  )
}

const ups = (ledger: Ledger, to: string | null): Step[] => {
  assertNoneHalfDown(ledger)
  const target = to === null ? null : findEntry(ledger, to)
  return ledger.entries
    .filter(({ state, halfDone }) => state === 'pending' || halfDone?.direction === 'up')
    .filter((entry) => target === null || byVersion(entry, target) <= 0)
    .map(up)
}

/** From the last one that is applied back through `to`, or only the last. What is half done is taken back, too. */
const appliedDownTo = (ledger: Ledger, to: string | null): LedgerEntry[] => {
  const isThere = ({ appliedBy, halfDone }: LedgerEntry) => appliedBy !== null || halfDone !== null
  const applied = ledger.entries.filter(isThere).reverse()
  if (to === null) return applied.slice(0, 1)
  const target = findEntry(ledger, to)
  if (!isThere(target)) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `${target.name} is not applied.`,
      'Name one that is: it is the last that is taken back.',
    )
  }
  return applied.filter((entry) => byVersion(entry, target) >= 0)
}

/**
 * What to run, in its order. `up` runs everything that is pending, through `to`; `down` takes back the last one, or all from it
 * through `to`; `redo` takes back in the same way and applies again. What stopped on its way up can go on either way. Fails with `NOT_FOUND`, `INVALID_INPUT` or `CONFLICT`.
 */
export const planSteps = (ledger: Ledger, { direction, to }: Wanted): Step[] => {
  switch (direction) {
    case 'up':
      return ups(ledger, to)
    case 'down':
    case 'redo': {
      const back = appliedDownTo(ledger, to)
      const again =
        direction === 'redo' ? back.toReversed().map((entry) => ({ ...up(entry), resume: null })) : []
      return [...back.map(down), ...again]
    }
    default:
      return direction satisfies never
  }
}
