/** What one document holds of its session's memory for parts. Disposing gives back what is left of it. */
export type PartsOfDocument = {
  /** Waits until there is room. Who holds nothing never waits: a document that stands still keeps no other from going on. */
  take(bytes: number): Promise<void>
  give(bytes: number): void
  [Symbol.dispose](): void
}

export type PartsHeld = { open(): PartsOfDocument }

/** Bytes of parts that are read or on their way, of all uploads of a session together: `limit`, and one part for each document above that. */
export const createPartsHeld = (limit: number): PartsHeld => {
  let held = 0
  let given = Promise.withResolvers<void>()
  return {
    open() {
      let own = 0
      const give = (bytes: number) => {
        own -= bytes
        held -= bytes
        given.resolve()
        given = Promise.withResolvers()
      }
      return {
        async take(bytes) {
          while (own > 0 && held + bytes > limit) await given.promise
          own += bytes
          held += bytes
        },
        give,
        [Symbol.dispose]: () => give(own),
      }
    },
  }
}
