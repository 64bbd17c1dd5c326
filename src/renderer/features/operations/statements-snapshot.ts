import { z } from 'zod'
import type { OperationsRun, ProbeAbout, ProbeReport } from '../../../shared/operations.ts'

type Row = ProbeReport['rows'][number]
type Column = ProbeAbout['columns'][number]

/** What only grows until the figures are reset, and so can be told of a time between two looks. */
const counters = [
  'calls',
  'totalTime',
  'planTime',
  'rows',
  'blocksHit',
  'blocksRead',
  'blocksWritten',
  'tempBlocks',
  'ioTime',
  'walBytes',
] as const

/** Counters of each statement at one moment. No text of a statement is kept: a utility statement may hold a secret. */
export const statementsSnapshot = z.object({
  /** When the server was asked, ISO 8601 UTC. */
  at: z.string(),
  resetAt: z.string().nullable(),
  systemIdentifier: z.string().nullable(),
  statements: z.array(z.tuple([z.string(), z.array(z.number()).length(counters.length)])),
})
export type StatementsSnapshot = z.infer<typeof statementsSnapshot>

const figure = (row: Row, key: string): number => {
  const value = row[key]
  return typeof value === 'number' ? value : 0
}

const nameOf = (row: Row): string => [row.queryId, row.database, row.user, row.isTop].join(' ')

const resetOf = (report: ProbeReport): string | null => {
  const at = report.rows[0]?.resetAt
  return typeof at === 'string' ? at : null
}

const rounded = (value: number): number => Number(value.toPrecision(7))

export const takeSnapshot = (report: ProbeReport, server: OperationsRun['server']): StatementsSnapshot => ({
  at: report.ranAt,
  resetAt: resetOf(report),
  systemIdentifier: server.systemIdentifier,
  statements: report.rows.map((row) => [nameOf(row), counters.map((key) => rounded(figure(row, key)))]),
})

/** Whether the server still counts on from what was kept. */
export const isComparable = (
  { resetAt, systemIdentifier }: StatementsSnapshot,
  report: ProbeReport,
  server: OperationsRun['server'],
): boolean => resetAt === resetOf(report) && systemIdentifier === server.systemIdentifier

const share = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole)

/**
 * What ran since the snapshot, the most expensive first, and how its mean time compares with the one before. A statement that was not
 * among those of the snapshot, or was given up by the server and came back, is told with all its figures.
 */
export const sinceSnapshot = (snapshot: StatementsSnapshot, report: ProbeReport): Row[] => {
  const kept = new Map(snapshot.statements)
  const ran = report.rows.flatMap((row) => {
    const before = kept.get(nameOf(row))
    const known = before !== undefined && figure(row, 'calls') >= rounded(before[0] ?? 0) ? before : null
    const grown = Object.fromEntries(
      counters.map((key, at) => [key, Math.max(0, figure(row, key) - (known?.[at] ?? 0))]),
    )
    const calls = grown.calls ?? 0
    if (calls === 0) return []
    const meanTime = (grown.totalTime ?? 0) / calls
    const callsBefore = known?.[0] ?? 0
    const meanBefore = callsBefore === 0 ? null : (known?.[1] ?? 0) / callsBefore
    return {
      ...row,
      ...grown,
      meanTime,
      meanBefore,
      change: meanBefore === null || meanBefore === 0 ? null : (100 * (meanTime - meanBefore)) / meanBefore,
      isInSnapshot: known !== null,
    }
  })
  const all = ran.reduce((sum, row) => sum + figure(row, 'totalTime'), 0)
  return ran
    .map((row) => ({ ...row, share: share(figure(row, 'totalTime'), all) }))
    .sort((one, other) => figure(other, 'totalTime') - figure(one, 'totalTime'))
}

const column = (key: string, title: string, kind: Column['kind'], note: string): Column => ({
  key,
  title,
  kind,
  note,
  isHidden: false,
})

/** The columns of such a comparison: without those that only the whole time since the reset has. */
export const comparedColumns = (columns: readonly Column[]): Column[] =>
  columns.flatMap((one) => {
    if (one.key === 'maxTime' || one.key === 'spread') return []
    if (one.key === 'share') return { ...one, note: 'Of the time of the statements listed here' }
    if (one.key !== 'meanTime') return one
    return [
      one,
      column('meanBefore', 'Mean before', 'milliseconds', 'From the last reset to the snapshot'),
      column('change', 'Change', 'percent', 'Of the mean time, against the one before'),
      column(
        'isInSnapshot',
        'In snapshot',
        'boolean',
        'A statement that was not among those of the snapshot is told with all its figures since the reset',
      ),
    ]
  })
