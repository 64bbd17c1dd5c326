import type { Stand } from './stand.ts'

/** One measured number of a figure. */
export type Measurement = {
  /** What was measured, when the figure has several numbers. */
  what: string
  measured: string
  /** What it was measured against in the same run, and what that took; null: an absolute number. */
  peer: string | null
  /** To the peer, or null. */
  ratio: number | null
  holds: boolean
}

/** A figure: one file `<id>.bench.ts` that exports one of these as `figure`. */
export type Figure = {
  id: string
  /** As it stands in the table. */
  limit: string
  run(stand: Stand): Promise<Measurement[]>
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/** Milliseconds that `work` takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Medians of two works that take turns, A B B A …, after each ran once to get warm: what slows the machine slows both. */
export const compare = async (
  rounds: number,
  a: () => Promise<unknown>,
  b: () => Promise<unknown>,
): Promise<[a: number, b: number]> => {
  await a()
  await b()
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const which of order) times[which].push(await timed(which === 0 ? a : b))
  }
  return [median(times[0]), median(times[1])]
}

export const milliseconds = (time: number): string =>
  time < 100 ? `${time.toFixed(1)} ms` : `${time.toFixed(0)} ms`
export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`
