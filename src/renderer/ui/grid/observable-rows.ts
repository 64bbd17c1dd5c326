import type { RowsSnapshot } from './row-source.ts'

/** Holds a snapshot and tells its listeners when it changes. */
export class ObservableRows {
  #listeners = new Set<() => void>()
  #snapshot: RowsSnapshot

  constructor(ahead: number) {
    this.#snapshot = {
      start: 0,
      end: 0,
      before: false,
      after: false,
      ahead,
      loading: false,
      error: null,
      notice: null,
      ready: false,
      generation: 0,
      firstPageMilliseconds: null,
    }
  }

  get current(): RowsSnapshot {
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  update(change: Partial<RowsSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change }
    for (const listener of this.#listeners) listener()
  }
}
