import { type LockMode, lockModes, type MigrationPlan } from '../../../shared/migrations.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { count } from '../../ui/count.ts'

export type PlanFigure = { label: string; value: string; tone: 'neutral' | 'warn' | 'crit' }

type Lock = { relation: string; mode: LockMode; bytes: number | null; writesPerSecond: number | null }

/** Locks that keep others from writing, or from reading as well. */
const hinders = (mode: LockMode): boolean => lockModes.indexOf(mode) >= lockModes.indexOf('SHARE')

/** The strongest lock of each relation that exists already, the strongest first, the larger relation before the smaller. */
export const locksOf = ({ migrations }: MigrationPlan): Lock[] => {
  const strongest = new Map<string, Lock>()
  for (const { statements } of migrations) {
    for (const lock of statements.flatMap(({ locks }) => locks)) {
      const known = strongest.get(lock.relation)
      if (known === undefined || lockModes.indexOf(lock.mode) > lockModes.indexOf(known.mode)) {
        strongest.set(lock.relation, lock)
      }
    }
  }
  return [...strongest.values()].sort(
    (a, b) => lockModes.indexOf(b.mode) - lockModes.indexOf(a.mode) || (b.bytes ?? 0) - (a.bytes ?? 0),
  )
}

/** What the plan comes to, in numbers. */
export const planFigures = (plan: MigrationPlan): PlanFigure[] => {
  const statements = plan.migrations.flatMap((migration) => migration.statements)
  const rewrites = statements.filter(({ rewrites: does }) => does).length
  const scans = statements.filter(({ scans: does }) => does).length
  const hindering = locksOf(plan).filter(({ mode, bytes }) => bytes !== null && hinders(mode))
  const [worst] = hindering
  const taken = new Set(plan.migrations.flatMap(({ confirm }) => confirm)).size
  const backups = plan.migrations.flatMap(({ lastBackupAt }) => lastBackupAt ?? [])
  const lags = plan.migrations.flatMap(({ replicaLagBytes }) => replicaLagBytes ?? [])
  return [
    {
      label: 'runs',
      value: `${count(plan.migrations.length, 'migration', 'migrations')}, ${count(statements.length, 'statement', 'statements')}`,
      tone: 'neutral',
    },
    {
      label: 'locks',
      value:
        worst === undefined
          ? 'nothing that others use'
          : `${worst.mode} on ${worst.relation}${worst.bytes === null ? '' : ` (${formatBytes(worst.bytes)})`}${hindering.length > 1 ? ` and ${hindering.length - 1} more` : ''}`,
      tone: worst === undefined ? 'neutral' : 'warn',
    },
    {
      label: 'works through',
      value: `${count(rewrites, 'rewrite', 'rewrites')}, ${count(scans, 'scan', 'scans')}`,
      tone: rewrites > 0 ? 'warn' : 'neutral',
    },
    {
      label: 'takes away',
      value: taken === 0 ? 'nothing' : count(taken, 'object with its content', 'objects with their content'),
      tone: taken === 0 ? 'neutral' : 'crit',
    },
    {
      label: 'standbys',
      value: lags.length === 0 ? 'none known' : `${formatBytes(Math.max(...lags))} behind`,
      tone: 'neutral',
    },
    {
      label: 'last backup',
      value: backups[0] ?? 'none known',
      tone: backups.length === 0 ? 'warn' : 'neutral',
    },
  ]
}
