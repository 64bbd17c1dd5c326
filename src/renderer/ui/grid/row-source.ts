import type { ConsoleError } from '../../../shared/errors.ts'

/** A row that the grid can show. Columns are counted in the order of the relation's description. */
export type LoadedRow = {
  /** The text as stored (or its beginning, see `cut`), `null` for NULL. */
  cell(column: number): string | null
  /** Characters of the whole value where the server cut it, else undefined. */
  cut(column: number): number | undefined
}

/** What a source knows of its rows at one moment. Rows are named by ordinals, which may be negative. */
export type RowsSnapshot = {
  /** Rows [start, end) are known; those whose page was dropped come back when they are shown. */
  start: number
  end: number
  /** There are rows before `start`, or behind `end`, that were not read yet. */
  before: boolean
  after: boolean
  /** Rows to draw as skeletons on a side that has more. */
  ahead: number
  loading: boolean
  error: ConsoleError | null
  /** Why rows are missing though nothing failed: an unread stream was closed, or its first rows were let go. */
  notice: string | null
  /** Rows were read at least once: an empty relation is told from one that is not there yet. */
  ready: boolean
  /** Another set of rows than before: what was scrolled and selected no longer means anything. */
  generation: number
  firstPageMilliseconds: number | null
}

/** Rows for the grid. `subscribe` and `snapshot` are what `useSyncExternalStore` takes. */
export type RowSource = {
  subscribe(listener: () => void): () => void
  snapshot(): RowsSnapshot
  /** The row at an ordinal, or null while it is not loaded. The same object as long as its page is kept. */
  row(ordinal: number): LoadedRow | null
  /** Ordinals [first, last] are on screen: what is missing around them is read, what is far is dropped. */
  show(first: number, last: number): void
  /** Reads what is needed to show the first, or the last, row. */
  toStart(): Promise<void>
  toEnd(): Promise<void>
  /** Tries again what failed, or reads a closed stream anew. */
  retry(): void
  /** Gives up what is being read. Rows stay. */
  stop(): void
}
