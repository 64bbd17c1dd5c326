import { parameter, type S3Request } from './s3-request.ts'
import { encode } from './signature.ts'

/** Above every character that a key may hold: the place behind all keys that begin with what stands before it. */
const last = '\u{10ffff}'

/**
 * Walks sorted keys and folds those that have `delimiter` behind the prefix into one, until `limit` are found.
 * @param walk `page` reads entries after a place, sorted, none before the prefix; `behind` is the place behind a common prefix
 */
export const fold = <Entry extends { key: string }, Place>(
  given: { prefix: string; delimiter: string; limit: number; after: Place },
  walk: {
    page: (from: { after: Place; prefix: string; limit: number }) => Entry[]
    placeOf: (entry: Entry) => Place
    behind: (prefix: string) => Place
  },
): { entries: Entry[]; prefixes: string[]; next: Place | null } => {
  const { prefix, delimiter, limit } = given
  const entries: Entry[] = []
  const prefixes: string[] = []
  let place = given.after
  for (;;) {
    const page = walk.page({ after: place, prefix, limit: 1000 })
    let skipped = false
    for (const entry of page) {
      if (!entry.key.startsWith(prefix)) return { entries, prefixes, next: null }
      if (entries.length + prefixes.length >= limit) return { entries, prefixes, next: place }
      const at = delimiter === '' ? -1 : entry.key.indexOf(delimiter, prefix.length)
      if (at < 0) {
        entries.push(entry)
        place = walk.placeOf(entry)
        continue
      }
      const common = entry.key.slice(0, at + delimiter.length)
      prefixes.push(common)
      place = walk.behind(`${common}${last}`)
      skipped = true
      break
    }
    if (!skipped && page.length < 1000) return { entries, prefixes, next: null }
  }
}

/** How keys are written: as they are, or percent-encoded where the client asks for that. */
export const keyWriter = (request: S3Request): ((key: string) => string) =>
  parameter(request, 'encoding-type') === 'url' ? (key) => encode(key).replaceAll('%2F', '/') : (key) => key
