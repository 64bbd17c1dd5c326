import { z } from 'zod'
import type { OperationsRun, ProbeReport } from '../../../shared/operations.ts'

/** What the charts draw: per second where it is a rate. Null: not known then, and the line is broken there. */
const sample = z.object({
  /** Seconds since 1970 by the server's clock. */
  at: z.number(),
  transactions: z.number().nullable(),
  connections: z.number().nullable(),
  wal: z.number().nullable(),
  lag: z.number().nullable(),
  hits: z.number().nullable(),
  longest: z.number().nullable(),
})
export type Sample = z.infer<typeof sample>
export type SampleKey = Exclude<keyof Sample, 'at'>

const keys: readonly SampleKey[] = ['transactions', 'connections', 'wal', 'lag', 'hits', 'longest']

/** Samples as they came: an hour of them at 5 seconds. */
const recentLimit = 720
/** One a minute, of the twelve hours before: what is kept when the console ends. */
const minuteLimit = 720

type Counters = { row: ProbeReport['rows'][number]; server: OperationsRun['server'] }

const figure = ({ row }: Counters, key: string): number | null => {
  const value = row[key]
  return typeof value === 'number' ? value : null
}

/** Counters of the same life of the same server: another one counts anew. */
const areComparable = (one: Counters, other: Counters): boolean =>
  one.server.systemIdentifier === other.server.systemIdentifier &&
  one.server.startedAt === other.server.startedAt &&
  one.server.timeline === other.server.timeline &&
  one.row.statsReset === other.row.statsReset

const growth = (before: Counters, now: Counters, names: readonly string[]): number | null => {
  let sum = 0
  for (const name of names) {
    const [from, to] = [figure(before, name), figure(now, name)]
    if (from === null || to === null) return null
    sum += to - from
  }
  return Math.max(0, sum)
}

/** What was so between two polls. */
export const sampleBetween = (before: Counters | null, now: Counters): Sample | null => {
  const at = figure(now, 'at')
  if (at === null) return null
  const from = before === null ? null : figure(before, 'at')
  const seconds =
    before === null || from === null || !areComparable(before, now) || at <= from ? null : at - from
  const rate = (names: readonly string[]): number | null => {
    const grown = before === null || seconds === null ? null : growth(before, now, names)
    return grown === null || seconds === null ? null : grown / seconds
  }
  const all = rate(['commits', 'rollbacks'])
  const [hit, read] = [rate(['blocksHit']), rate(['blocksRead'])]
  return {
    at,
    transactions: all === null ? null : Math.max(0, all - (rate(['ownTransactions']) ?? 0)),
    connections: figure(now, 'connections'),
    wal: rate(['walBytes']),
    lag: figure(now, 'standbyBytes') ?? figure(now, 'receiverBytes'),
    hits: hit === null || read === null || hit + read === 0 ? null : (100 * hit) / (hit + read),
    longest: figure(now, 'longestTransaction'),
  }
}

const mean = (samples: readonly Sample[]): Sample | null => {
  const [first] = samples
  if (first === undefined) return null
  const averaged = { ...first, at: 60 * Math.floor(first.at / 60) }
  for (const key of keys) {
    const values = samples.flatMap((one) => one[key] ?? [])
    averaged[key] = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return averaged
}

const minuteOf = ({ at }: Sample): number => Math.floor(at / 60)

/** Numbers a sample each, in the order of `keys`, after the minute: small enough to be kept as a setting. */
const kept = z.array(z.array(z.number().nullable()).length(keys.length + 1))

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(4))

/** The charts' memory of one connection: bounded, and one value a minute outlives the console. */
export class MetricsHistory {
  #recent: Sample[] = []
  #minutes: Sample[] = []
  #last: Counters | null = null
  #listeners = new Set<() => void>()
  #shown: readonly Sample[] = []

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** All samples, the oldest first; the same array until something is added. */
  samples = (): readonly Sample[] => this.#shown

  /** @returns whether a minute is over, so that there is more to keep */
  add(now: Counters): boolean {
    if (this.#last !== null && figure(this.#last, 'at') === figure(now, 'at')) return false
    const taken = sampleBetween(this.#last, now)
    this.#last = now
    if (taken === null) return false
    const previous = this.#recent.at(-1)
    const isNewMinute = previous !== undefined && minuteOf(previous) !== minuteOf(taken)
    if (isNewMinute) {
      const over = mean(this.#recent.filter((one) => minuteOf(one) === minuteOf(previous)))
      if (over !== null) this.#minutes = [...this.#minutes, over].slice(-minuteLimit)
    }
    this.#recent = [...this.#recent, taken].slice(-recentLimit)
    this.#tell()
    return isNewMinute
  }

  /** Takes up what an earlier run of the console had kept; what cannot be read is left. */
  restore(value: unknown): void {
    const read = kept.safeParse(value)
    if (!read.success) return
    const restored = read.data.flatMap(([minute, ...values]): Sample[] => {
      if (typeof minute !== 'number') return []
      const one = sample.safeParse({
        at: minute * 60,
        ...Object.fromEntries(keys.map((key, place) => [key, values[place] ?? null])),
      })
      return one.success ? [one.data] : []
    })
    const first = this.#minutes[0]?.at ?? Number.POSITIVE_INFINITY
    this.#minutes = [...restored.filter(({ at }) => at < first), ...this.#minutes].slice(-minuteLimit)
    this.#tell()
  }

  toKeep(): z.infer<typeof kept> {
    return this.#minutes.map((one) => [minuteOf(one), ...keys.map((key) => rounded(one[key]))])
  }

  #tell(): void {
    const from = this.#recent[0]?.at ?? Number.POSITIVE_INFINITY
    this.#shown = [...this.#minutes.filter(({ at }) => at + 60 <= from), ...this.#recent]
    for (const listener of this.#listeners) listener()
  }
}
