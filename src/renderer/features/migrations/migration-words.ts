import type { GatedMigration, GateFinding, Migration, MigrationRun } from '../../../shared/migrations.ts'
import type { Tone } from '../../ui/chip.tsx'
import { count } from '../../ui/count.ts'
import { formatDuration } from '../../ui/duration.ts'

export const isInDatabase = ({ appliedBy }: Migration): boolean => appliedBy !== null

export const toneOf = ({ state }: Pick<Migration, 'state'>): Tone => {
  switch (state) {
    case 'applied':
      return 'ok'
    case 'pending':
      return 'neutral'
    case 'out-of-order':
    case 'half-done':
      return 'warn'
    case 'changed':
    case 'missing':
      return 'crit'
    default:
      return state satisfies never
  }
}

/** The state as the list says it. */
export const stateWords = ({
  state,
  halfDone,
  appliedBy,
}: Pick<Migration, 'state' | 'halfDone' | 'appliedBy'>): string => {
  switch (state) {
    case 'applied':
      return appliedBy === null ? state : outcomeWords(appliedBy)
    case 'changed':
      return 'applied, file changed since'
    case 'missing':
      return 'applied, file is gone'
    case 'out-of-order':
      return 'not applied, a later one is'
    case 'half-done':
      return halfDone === null
        ? 'half done'
        : `half ${halfDone.direction === 'up' ? 'applied' : 'taken back'}, ${halfDone.done} of ${halfDone.statements} statements`
    default:
      return state
  }
}

/** What a state means and what to do about it; null: nothing. */
export const stateExplained = (migration: Migration): string | null => {
  switch (migration.state) {
    case 'applied':
      return null
    case 'pending':
      return 'Its file is there, and the database does not have it yet.'
    case 'changed':
      return 'The file is not what was run. The history keeps the checksum of what ran, not its text: compare the file with its last version in version control, restore it, and put the change into a new migration.'
    case 'missing':
      return 'The database has it, and the folder does not. Restore its files from version control; without them nothing further is applied, and it cannot be taken back.'
    case 'out-of-order':
      return 'A migration with a higher number is in the database already. Give this one the next free number, so that every database runs them in one order.'
    case 'half-done':
      return migration.halfDone?.unclear === true
        ? 'It runs without a transaction and stopped on its way. How the next statement ended was not seen: the plan looks, and asks when it cannot tell.'
        : 'It runs without a transaction and stopped on its way. What is done stays; a run goes on with the next statement.'
    default:
      return migration.state satisfies never
  }
}

/** What became of a run. */
export const outcomeWords = ({ direction, outcome }: Pick<MigrationRun, 'direction' | 'outcome'>): string => {
  const what = { up: 'applied', down: 'taken back', baseline: 'taken as applied' }[direction]
  switch (outcome) {
    case 'done':
      return what
    case 'running':
      return direction === 'down' ? 'being taken back' : 'being applied'
    case 'failed':
      return `${direction === 'down' ? 'taking back' : 'applying'} failed`
    case 'interrupted':
      return `${direction === 'down' ? 'taking back' : 'applying'} was interrupted`
    default:
      return outcome satisfies never
  }
}

/** `, 12 ms`; a baseline runs nothing. */
export const tookWords = ({
  direction,
  milliseconds,
}: Pick<MigrationRun, 'direction' | 'milliseconds'>): string =>
  direction === 'baseline' || milliseconds === null ? '' : `, ${formatDuration(milliseconds)}`

export const outcomeTone = ({ outcome }: Pick<MigrationRun, 'outcome'>): Tone =>
  outcome === 'done' ? 'ok' : outcome === 'running' ? 'neutral' : outcome === 'failed' ? 'crit' : 'warn'

const severityTones = { ok: 'ok', warning: 'warn', danger: 'crit' } as const

export const severityTone = ({ severity }: Pick<GateFinding, 'severity'>): 'ok' | 'warn' | 'crit' =>
  severityTones[severity]

/** All findings of a migration, its own first. */
export const findingsOf = ({ findings, statements }: GatedMigration): GateFinding[] => [
  ...findings,
  ...statements.flatMap((statement) => statement.findings),
]

/** `gate: 1 danger, 2 warnings`; `gate: clear` when there is neither. */
export const gateWords = (gated: GatedMigration): string => {
  const of = (severity: GateFinding['severity']) =>
    findingsOf(gated).filter((finding) => finding.severity === severity).length
  const words = [
    ...(of('danger') > 0 ? [count(of('danger'), 'danger', 'dangers')] : []),
    ...(of('warning') > 0 ? [count(of('warning'), 'warning', 'warnings')] : []),
  ]
  return `gate: ${words.length === 0 ? 'clear' : words.join(', ')}`
}

/** `8f3c2a…91` of a checksum: enough to compare by eye; the whole stands in the title. */
export const shortSum = (sum: string): string => `${sum.slice(0, 6)}…${sum.slice(-4)}`
