import type { RowCursor } from '../../../shared/rows.ts'
import type { RowBatch } from './row-batch.ts'

/** A page in the chain. Its cursors stay when its rows are dropped, so that it can be read again. */
export type ChainedPage = {
  rows: number
  first: RowCursor | null
  last: RowCursor | null
  batch: RowBatch | null
}

/** How to read a page again: from the cursor of a neighbour. */
export type Reread = { page: ChainedPage; from: RowCursor | null; backward: boolean }

const sameCursor = (a: RowCursor | null, b: RowCursor | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

const rowsOf = (pages: readonly ChainedPage[]): number => pages.reduce((rows, page) => rows + page.rows, 0)

/**
 * Pages that follow each other without a gap. Ordinals number their rows: the first page that was read starts at 0, and
 * pages that are read before it get negative ones, so that no row on screen ever changes its ordinal.
 */
export class PageChain {
  pages: ChainedPage[] = []
  start = 0
  end = 0
  before = false
  after = false
  /** The ordinal at which each page starts; null after the chain changed. */
  #starts: number[] | null = null

  append(page: ChainedPage, more: boolean): void {
    if (page.rows > 0) this.pages.push(page)
    this.end += page.rows
    this.after = more
    this.#starts = null
  }

  prepend(page: ChainedPage, more: boolean): void {
    if (page.rows > 0) this.pages.unshift(page)
    this.start -= page.rows
    this.before = more
    this.#starts = null
  }

  /** Forgets the first page, for rows that cannot be read again. */
  dropFirst(): ChainedPage | undefined {
    const dropped = this.pages.shift()
    this.start += dropped?.rows ?? 0
    this.#starts = null
    return dropped
  }

  /** The page that holds an ordinal, and the ordinal of its first row. */
  find(ordinal: number): { page: ChainedPage; start: number } | null {
    if (ordinal < this.start || ordinal >= this.end) return null
    const starts = this.#pageStarts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= ordinal) low = middle
      else high = middle - 1
    }
    const page = this.pages[low]
    return page === undefined ? null : { page, start: starts[low] ?? 0 }
  }

  /** The first page without rows that [first, last] needs, and the cursor to read it by: of a loaded neighbour if there is one. */
  missing(first: number, last: number): Reread | null {
    let start = this.start
    for (const [index, page] of this.pages.entries()) {
      if (start > last) return null
      if (page.batch === null && start + page.rows > first) {
        const previous = this.pages[index - 1]
        const next = this.pages[index + 1]
        const isFirstOfTheEnd = index === 0 && this.before
        const isOnlyNextLoaded = !previous?.batch && next?.batch
        return next !== undefined && (isFirstOfTheEnd || isOnlyNextLoaded)
          ? { page, from: next.first, backward: true }
          : { page, from: previous?.last ?? null, backward: false }
      }
      start += page.rows
    }
    return null
  }

  /**
   * Puts rows back into a page. Where the table changed meanwhile, the page no longer meets its far neighbour: then the chain
   * ends there, and what lies beyond is read again when it is needed.
   */
  restore(reread: Reread, read: ChainedPage, more: boolean): void {
    const index = this.pages.indexOf(reread.page)
    if (index === -1) return
    const unchanged = sameCursor(reread.page.first, read.first) && sameCursor(reread.page.last, read.last)
    if (unchanged && reread.page.rows === read.rows) {
      this.pages[index] = read
      return
    }
    if (reread.backward) {
      this.start += rowsOf(this.pages.splice(0, index + 1))
      this.prepend(read, more)
    } else {
      this.end -= rowsOf(this.pages.splice(index))
      this.append(read, more)
    }
  }

  /** Lets go of rows that lie further than `distance` rows from [first, last]. */
  dropFar(first: number, last: number, distance: number): void {
    let start = this.start
    for (const [index, page] of this.pages.entries()) {
      const isFar = start + page.rows < first - distance || start > last + distance
      if (isFar && page.batch !== null) this.pages[index] = { ...page, batch: null }
      start += page.rows
    }
  }

  #pageStarts(): number[] {
    if (this.#starts === null) {
      let next = this.start
      this.#starts = this.pages.map((page) => {
        const start = next
        next += page.rows
        return start
      })
    }
    return this.#starts
  }
}
