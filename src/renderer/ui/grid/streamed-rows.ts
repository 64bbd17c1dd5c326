import type { ConsoleError } from '../../../shared/errors.ts'
import type { PulledBatch } from '../../../shared/rows.ts'
import { ObservableRows } from './observable-rows.ts'
import { PageChain } from './page-chain.ts'
import { RowBatch } from './row-batch.ts'
import type { RowSource } from './row-source.ts'

/** One open stream: batches until `done`. `close` lets the server end it. */
export type RowStream = { pull(signal: AbortSignal): Promise<PulledBatch>; close(): void }
export type OpenStream = (signal: AbortSignal) => Promise<RowStream>

/** Read at once, so that looking at the first rows of a view does not leave a statement open. */
const readAhead = 5000
/** Bytes of rows that are kept; earlier rows are let go, since a stream cannot be read backward. */
const keptBytes = 32 * 1024 * 1024

/**
 * A relation without a key as rows for the grid: one result, read forward as far as the screen goes. A stream that the server
 * closed because nobody read on is not an error: its rows stay, and `retry` reads the relation from its start again.
 */
export const createStreamedRows = (
  open: OpenStream,
  toConsoleError: (error: unknown) => ConsoleError,
): RowSource & { start(): void } => {
  const rows = new ObservableRows(200)
  let chain = new PageChain()
  let stream: RowStream | null = null
  let reading: AbortController | null = null
  let running = Promise.resolve()
  let wanted = readAhead
  let kept = 0

  const letGo = (): void => {
    while (kept > keptBytes && chain.pages.length > 1) {
      kept -= chain.dropFirst()?.batch?.byteLength ?? 0
      rows.update({
        notice: 'The first rows were let go: this relation has no key, so it can only be read forward.',
      })
    }
  }

  const read = async (): Promise<void> => {
    const controller = new AbortController()
    reading = controller
    const began = performance.now()
    rows.update({ loading: true })
    try {
      stream ??= await open(controller.signal)
      do {
        const { bytes, done } = await stream.pull(controller.signal)
        if (reading !== controller) return
        const batch = new RowBatch(bytes)
        kept += batch.byteLength
        chain.append({ rows: batch.rows, first: null, last: null, batch }, !done)
        letGo()
        rows.update({
          start: chain.start,
          end: chain.end,
          after: chain.after,
          ready: true,
          firstPageMilliseconds: rows.current.firstPageMilliseconds ?? performance.now() - began,
        })
      } while (chain.after && chain.end < wanted)
      reading = null
      rows.update({ loading: false })
    } catch (error) {
      if (reading !== controller) return
      reading = null
      const failure = toConsoleError(error)
      const isClosed = failure.code === 'RESULT_CLOSED' && rows.current.ready
      stream = null
      if (isClosed) chain.after = false
      rows.update(
        isClosed
          ? { loading: false, notice: `${failure.message} ${failure.remedy}`, after: false }
          : { loading: false, error: failure },
      )
    }
  }

  const readOn = (): Promise<void> => {
    if (reading === null && rows.current.error === null) running = read()
    return running
  }

  const restart = (): void => {
    reading?.abort()
    reading = null
    stream?.close()
    stream = null
    // Read further than the last time, or nobody would get beyond the rows that were read ahead.
    wanted = Math.max(readAhead, chain.end * 4)
    chain = new PageChain()
    kept = 0
    rows.update({
      start: 0,
      end: 0,
      after: false,
      ready: false,
      error: null,
      notice: null,
      generation: rows.current.generation + 1,
    })
    void readOn()
  }

  return {
    subscribe: (listener) => rows.subscribe(listener),
    snapshot: () => rows.current,
    start: restart,
    row(ordinal) {
      const found = chain.find(ordinal)
      return found?.page.batch?.row(ordinal - found.start) ?? null
    },
    show(_first, last) {
      wanted = Math.max(wanted, last + readAhead)
      if (chain.after && chain.end < wanted) void readOn()
    },
    toStart: async () => undefined,
    async toEnd() {
      wanted = Number.POSITIVE_INFINITY
      if (chain.after) await readOn()
    },
    retry: restart,
    stop() {
      reading?.abort()
      reading = null
      stream?.close()
      stream = null
      chain.after = false
      rows.update({ loading: false, after: false, notice: 'Reading was stopped.' })
    },
  }
}
