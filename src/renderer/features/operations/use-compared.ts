import { useEffect, useMemo } from 'react'
import { z } from 'zod'
import type { OperationsRun, ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { useKept } from '../../app/use-kept.ts'
import { count } from '../../ui/count.ts'
import { grownColumns, noSizes, sizesHistory, withGrowth, withSizes } from './sizes-history.ts'
import {
  comparedColumns,
  isComparable,
  type StatementsSnapshot,
  sinceSnapshot,
  statementsSnapshot,
  takeSnapshot,
} from './statements-snapshot.ts'

/** What a table shows: a report as it came, or with what is kept of earlier ones. */
export type Shown = { about: ProbeAbout; report: ProbeReport }

const keptSnapshot = z.object({ snapshot: statementsSnapshot.nullable(), isShown: z.boolean() })
const noSnapshot = { snapshot: null, isShown: false }

export type Snapshots = {
  /** Null: none was taken, or the figures were reset since. */
  snapshot: StatementsSnapshot | null
  isShown: boolean
  /** There are figures to take one of. */
  canTake: boolean
  take: () => void
  show: (isShown: boolean) => void
}

/** The snapshot of the statements' figures: one a connection, which outlives the console. */
export const useSnapshot = (
  report: ProbeReport | undefined,
  server: OperationsRun['server'] | undefined,
): Snapshots => {
  const { kept, change } = useKept('operations/statements', keptSnapshot, noSnapshot)
  const snapshot =
    kept.snapshot !== null &&
    report !== undefined &&
    server !== undefined &&
    isComparable(kept.snapshot, report, server)
      ? kept.snapshot
      : null
  return {
    snapshot,
    isShown: kept.isShown && snapshot !== null,
    canTake: report !== undefined && report.rows.length > 0,
    take() {
      if (report !== undefined && server !== undefined)
        change(() => ({ snapshot: takeSnapshot(report, server), isShown: true }))
    },
    show: (isShown) => change((old) => ({ ...old, isShown })),
  }
}

/** A report with what earlier ones add to it: statements since the snapshot, sizes with their growth. */
export const useCompared = (
  about: ProbeAbout | undefined,
  report: ProbeReport | undefined,
  server: OperationsRun['server'] | undefined,
  { snapshot, isShown }: Snapshots,
): Shown | null => {
  const sizes = useKept('operations/sizes', sizesHistory, noSizes)
  const { isRead, change } = sizes
  const seen = about?.id === 'sizes' && report?.error === null ? report : undefined
  useEffect(() => {
    if (isRead && seen !== undefined && server !== undefined) change((old) => withSizes(old, seen, server))
  }, [isRead, seen, server, change])
  return useMemo(() => {
    if (about === undefined || report === undefined) return null
    if (about.id === 'statements' && isShown && snapshot !== null) {
      const rows = sinceSnapshot(snapshot, report)
      return {
        about: {
          ...about,
          about: 'The console’s own statements are left out.',
          columns: comparedColumns(about.columns),
        },
        report: { ...report, rows, summary: `${count(rows.length, 'statement')} ran since the snapshot.` },
      }
    }
    if (about.id === 'sizes')
      return {
        about: { ...about, columns: grownColumns(about.columns) },
        report: { ...report, rows: withGrowth(sizes.kept, report.rows) },
      }
    return { about, report }
  }, [about, report, snapshot, isShown, sizes.kept])
}
