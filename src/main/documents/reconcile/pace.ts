import { setTimeout as wait } from 'node:timers/promises'

/** Lets this many through in a second, one after the other: a bucket has others who ask it. */
export const createPace = (perSecond: number): ((signal: AbortSignal) => Promise<void>) => {
  let free = 0
  return async (signal) => {
    const now = performance.now()
    const turn = Math.max(now, free)
    free = turn + 1000 / perSecond
    // Timers are no finer than this: below it, they would only slow down.
    if (turn - now > 5) await wait(turn - now, undefined, { signal })
    signal.throwIfAborted()
  }
}

/** Does the work for each, so many at once, and answers in their order. The first failure ends all. */
export const eachOf = async <Item, Value>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Value>,
): Promise<Value[]> => {
  const values: Value[] = []
  const rest = items.entries()
  const worker = async () => {
    for (const [at, item] of rest) values[at] = await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return values
}
