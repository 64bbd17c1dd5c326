import { randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** A stretch of content: `bytes` of it, in the blob that is named by its SHA-256 in hex. */
export interface Segment {
  readonly blob: string
  readonly bytes: number
}

/** Contents on disk, each once, named by their SHA-256. The index says which of them are in use. */
export class Blobs {
  readonly #folder: string
  readonly #unfinished: string

  constructor(folder: string) {
    this.#folder = join(folder, 'blobs')
    this.#unfinished = join(folder, 'unfinished')
    // What a server that was killed had not finished.
    rmSync(this.#unfinished, { recursive: true, force: true })
    for (const path of [this.#folder, this.#unfinished]) mkdirSync(path, { recursive: true })
  }

  #path(blob: string): string {
    return join(this.#folder, blob.slice(0, 2), blob)
  }

  /** A path to write content to that is not known yet. */
  unfinished(): string {
    return join(this.#unfinished, randomUUID())
  }

  /**
   * Makes a finished file the blob of its content. Synchronous, and to be followed by the index at once: between the two
   * nobody else may find that the blob is in use by nothing.
   */
  keep(unfinished: string, blob: string): void {
    mkdirSync(join(this.#folder, blob.slice(0, 2)), { recursive: true })
    renameSync(unfinished, this.#path(blob))
  }

  discard(blob: string): void {
    rmSync(this.#path(blob), { force: true })
  }

  /** Discards what a server that was killed had kept and not yet entered, or not yet discarded. */
  sweep(isUsed: (blob: string) => boolean): void {
    for (const folder of readdirSync(this.#folder)) {
      for (const blob of readdirSync(join(this.#folder, folder))) if (!isUsed(blob)) this.discard(blob)
    }
  }

  /** The bytes from `start` to `end`, which counts, of segments that follow each other. */
  read(segments: readonly Segment[], start: number, end: number): Readable {
    const path = (blob: string) => this.#path(blob)
    const chunks = async function* () {
      let offset = 0
      for (const { blob, bytes } of segments) {
        const from = Math.max(start - offset, 0)
        const to = Math.min(end - offset, bytes - 1)
        if (from <= to) yield* createReadStream(path(blob), { start: from, end: to })
        offset += bytes
      }
    }
    return Readable.from(chunks(), { objectMode: false })
  }
}
