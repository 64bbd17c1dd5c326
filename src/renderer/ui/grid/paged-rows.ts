import type { ConsoleError } from '../../../shared/errors.ts'
import type { RowCursor, RowsPageOutput } from '../../../shared/rows.ts'
import { ObservableRows } from './observable-rows.ts'
import { type ChainedPage, PageChain, type Reread } from './page-chain.ts'
import type { RowBatch } from './row-batch.ts'
import type { RowSource } from './row-source.ts'

/** A page as it was asked for, and its rows. */
export type ReadPage = (
  input: { from: RowCursor | null; backward: boolean; limit: number },
  signal: AbortSignal,
) => Promise<{ page: RowsPageOutput; batch: RowBatch }>

/** Rows around the screen that keep their text; pages further away keep only their cursors. */
const keptDistance = 8000
/** The next page is read when fewer rows than this are left before the end of what is known. */
const readAhead = 400

type Task =
  | { kind: 'append'; from: RowCursor | null; backward: false; limit: number }
  | { kind: 'prepend'; from: RowCursor | null; backward: true; limit: number }
  | { kind: 'reread'; from: RowCursor | null; backward: boolean; limit: number; reread: Reread }

const chained = (page: RowsPageOutput, batch: RowBatch): ChainedPage => ({
  rows: batch.rows,
  first: page.first,
  last: page.last,
  batch,
})

/**
 * A relation with a key as rows for the grid: pages are read by cursor as they come into view, in both directions, one at a
 * time, and dropped when they are far. `toConsoleError` names what went wrong with a page.
 */
export const createPagedRows = (
  readPage: ReadPage,
  pageLimit: number,
  toConsoleError: (error: unknown) => ConsoleError,
): RowSource & { start(): void } => {
  const rows = new ObservableRows(pageLimit)
  let chain = new PageChain()
  let shown = { first: 0, last: 0 }
  let reading: AbortController | null = null

  const describeChain = () => ({
    start: chain.start,
    end: chain.end,
    before: chain.before,
    after: chain.after,
  })

  const nextTask = (): Task | null => {
    const reread = chain.missing(shown.first, shown.last)
    if (reread !== null) {
      return {
        kind: 'reread',
        from: reread.from,
        backward: reread.backward,
        limit: reread.page.rows,
        reread,
      }
    }
    if (chain.after && shown.last >= chain.end - readAhead) {
      return { kind: 'append', from: chain.pages.at(-1)?.last ?? null, backward: false, limit: pageLimit }
    }
    if (chain.before && shown.first <= chain.start + readAhead) {
      return { kind: 'prepend', from: chain.pages[0]?.first ?? null, backward: true, limit: pageLimit }
    }
    return null
  }

  /** Reads and puts the page where it belongs; errors end in the snapshot, so that rows on screen stay. */
  const read = async (
    input: { from: RowCursor | null; backward: boolean; limit: number },
    put: (page: RowsPageOutput, batch: RowBatch) => void,
  ): Promise<void> => {
    const controller = new AbortController()
    reading = controller
    rows.update({ loading: true, error: null })
    try {
      const { page, batch } = await readPage(input, controller.signal)
      if (reading !== controller) return
      put(page, batch)
      reading = null
      rows.update({
        ...describeChain(),
        loading: false,
        ready: true,
        firstPageMilliseconds: rows.current.firstPageMilliseconds ?? page.milliseconds,
      })
    } catch (error) {
      if (reading !== controller) return
      reading = null
      rows.update({ loading: false, error: toConsoleError(error) })
    }
  }

  const readOn = async (): Promise<void> => {
    while (reading === null && rows.current.error === null && rows.current.ready) {
      const task = nextTask()
      if (task === null) return
      await read(task, (page, batch) => {
        const part = chained(page, batch)
        if (task.kind === 'reread') chain.restore(task.reread, part, page.more)
        else if (task.kind === 'append') chain.append(part, page.more)
        else chain.prepend(part, page.more)
        chain.dropFar(shown.first, shown.last, keptDistance)
      })
    }
  }

  /** Begins a new chain at the first or the last row. The old one stays on screen until the page is there. */
  const begin = async (backward: boolean): Promise<void> => {
    reading?.abort()
    await read({ from: null, backward, limit: pageLimit }, (page, batch) => {
      chain = new PageChain()
      if (backward) chain.prepend(chained(page, batch), page.more)
      else chain.append(chained(page, batch), page.more)
      shown = backward ? { first: chain.end, last: chain.end } : { first: 0, last: 0 }
      rows.update({ generation: rows.current.generation + 1 })
    })
    void readOn()
  }

  return {
    subscribe: (listener) => rows.subscribe(listener),
    snapshot: () => rows.current,
    start: () => void begin(false),
    row(ordinal) {
      const found = chain.find(ordinal)
      return found?.page.batch?.row(ordinal - found.start) ?? null
    },
    show(first, last) {
      shown = { first, last }
      void readOn()
    },
    toStart: async () => {
      if (chain.before || !rows.current.ready) await begin(false)
    },
    toEnd: async () => {
      if (chain.after || !rows.current.ready) await begin(true)
    },
    retry() {
      rows.update({ error: null })
      if (rows.current.ready) void readOn()
      else void begin(false)
    },
    stop() {
      reading?.abort()
      reading = null
      rows.update({ loading: false })
    },
  }
}
