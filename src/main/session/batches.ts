const batchBytes = 512 * 1024
const batchRows = 1000
const lineFeed = 10

/**
 * Cuts COPY data into batches of whole rows: at most 1000 rows, or 512 kB unless one row alone is larger. Each batch is a
 * buffer of its own, so that it can be transferred to another thread.
 */
export class Batches {
  #buffer = new Uint8Array(64 * 1024)
  #used = 0
  #rows = 0
  #rowStart = 0
  readonly #onBatch: (batch: Uint8Array) => void

  constructor(onBatch: (batch: Uint8Array) => void) {
    this.#onBatch = onBatch
  }

  /**
   * Takes the next bytes of the stream: the server sends one message a row, poolers may cut elsewhere.
   * @param rest bytes of the same message that are still to come: a large row gets its room at once
   */
  add(chunk: Uint8Array, rest = 0): void {
    const { length } = chunk
    if (this.#rowStart > 0 && this.#used + length + rest > batchBytes) this.#emit()
    const needed = this.#used + length + rest
    if (needed > this.#buffer.length) this.#grow(needed)
    this.#buffer.set(chunk, this.#used)
    this.#used += length
    if (chunk[length - 1] !== lineFeed) return
    this.#rowStart = this.#used
    if (++this.#rows >= batchRows || this.#used >= batchBytes) this.#emit()
  }

  /** The rows that are left when the stream has ended. */
  finish(): void {
    if (this.#rowStart > 0) this.#emit()
  }

  /** Hands out the whole rows; the beginning of a row that is still coming stays. */
  #emit(): void {
    const batch = this.#buffer.subarray(0, this.#rowStart)
    const rest = this.#buffer.subarray(this.#rowStart, this.#used)
    // The next batch will be about as large, if the rows are about as wide.
    this.#buffer = new Uint8Array(Math.max(Math.min(batch.length + 4096, batchBytes), rest.length))
    this.#buffer.set(rest)
    this.#used = rest.length
    this.#rowStart = 0
    this.#rows = 0
    this.#onBatch(batch)
  }

  #grow(needed: number): void {
    const size =
      needed >= batchBytes ? needed : Math.min(Math.max(needed, this.#buffer.length * 2), batchBytes)
    const grown = new Uint8Array(size)
    grown.set(this.#buffer.subarray(0, this.#used))
    this.#buffer = grown
  }
}
