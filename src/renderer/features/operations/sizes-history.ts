import { z } from 'zod'
import type { OperationsRun, ProbeAbout, ProbeReport } from '../../../shared/operations.ts'

type Row = ProbeReport['rows'][number]
type Column = ProbeAbout['columns'][number]

/** Days that are kept, those that the growth is taken from, and those that it is drawn on for. */
const daysKept = 180
const daysJudged = 30
export const daysAhead = 90
/** The largest of each look; with half a year of days they fit into one setting. */
const namesKept = 24

/** Sizes by day: the last look of each. Names once, then a row a day: its number since 1970, and bytes in the order of the names. */
export const sizesHistory = z.object({
  /** Of the server that they are of: those of another one say nothing of it. */
  systemIdentifier: z.string().nullable(),
  names: z.array(z.string()),
  days: z.array(z.tuple([z.int(), z.array(z.number().nullable())])),
})
export type SizesHistory = z.infer<typeof sizesHistory>

export const noSizes: SizesHistory = { systemIdentifier: null, names: [], days: [] }

const dayOf = (at: string): number => Math.floor(Date.parse(at) / 86_400_000)

const nameOf = ({ kind, name }: Row): string => `${kind} ${name}`

/** The history with this look in it: another one of the same day takes the place of the earlier one. */
export const withSizes = (
  before: SizesHistory,
  report: ProbeReport,
  { systemIdentifier }: Pick<OperationsRun['server'], 'systemIdentifier'>,
): SizesHistory => {
  const { names, days } = before.systemIdentifier === systemIdentifier ? before : noSizes
  const seen = new Map(
    report.rows.flatMap((row): [string, number][] =>
      typeof row.bytes === 'number' ? [[nameOf(row), row.bytes]] : [],
    ),
  )
  const day = dayOf(report.ranAt)
  const others = days.filter(([of]) => of !== day && of > day - daysKept)
  const known = [...new Set([...names, ...seen.keys()])]
  const latest = new Map(
    known.map((name) => [
      name,
      seen.get(name) ??
        others.findLast(([, sizes]) => sizes[names.indexOf(name)] != null)?.[1][names.indexOf(name)] ??
        0,
    ]),
  )
  const kept = known.toSorted((a, b) => (latest.get(b) ?? 0) - (latest.get(a) ?? 0)).slice(0, namesKept)
  return {
    systemIdentifier,
    names: kept,
    days: [
      ...others.map(([of, sizes]): SizesHistory['days'][number] => [
        of,
        kept.map((name) => sizes[names.indexOf(name)] ?? null),
      ]),
      [day, kept.map((name) => seen.get(name) ?? null)] satisfies SizesHistory['days'][number],
    ].sort(([one], [other]) => one - other),
  }
}

/** Bytes a day by least squares; null from less than two days. */
export const growthADay = ({ names, days }: SizesHistory, name: string): number | null => {
  const place = names.indexOf(name)
  const newest = days.at(-1)?.[0] ?? 0
  const points = days.flatMap(([day, sizes]): [number, number][] => {
    const bytes = sizes[place]
    return bytes == null || day <= newest - daysJudged ? [] : [[day, bytes]]
  })
  if (points.length < 2) return null
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [day, bytes] = [mean(0), mean(1)]
  const across = points.reduce((sum, [x, y]) => sum + (x - day) * (y - bytes), 0)
  return across / points.reduce((sum, [x]) => sum + (x - day) ** 2, 0)
}

/** Each row with what it grew a day, and its size in some months if that goes on. */
export const withGrowth = (history: SizesHistory, rows: readonly Row[]): Row[] =>
  rows.map((row) => {
    const growth = growthADay(history, nameOf(row))
    const { bytes } = row
    return {
      ...row,
      growth,
      ahead: growth === null || typeof bytes !== 'number' ? null : Math.max(0, bytes + daysAhead * growth),
    }
  })

/** The columns of sizes with those of their growth behind the size. */
export const grownColumns = (columns: readonly Column[]): Column[] =>
  columns.flatMap((one) =>
    one.key !== 'bytes'
      ? one
      : [
          one,
          {
            key: 'growth',
            title: 'Growth a day',
            kind: 'bytes',
            note: `Over the last ${daysJudged} days on which this console looked, by least squares; it takes two`,
            isHidden: false,
          },
          {
            key: 'ahead',
            title: `In ${daysAhead} days`,
            kind: 'bytes',
            note: 'If it goes on growing like that',
            isHidden: false,
          },
        ],
  )
