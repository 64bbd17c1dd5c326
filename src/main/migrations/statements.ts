import { hasSqlDetails, type Node, parse } from 'libpg-query'

/** One statement of a migration file. */
export type SqlStatement = {
  /** Without the semicolon, comments in front of it left out. */
  sql: string
  /** Line of the file, from 1, on which it begins. */
  line: number
  /** Byte of the file at which it begins; the locations in its tree count from the file's first byte, too. */
  start: number
  /** Its parse tree; null when the file cannot be parsed here, though the server may know better. */
  node: Node | null
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)

/** Where the first word at or behind `from` begins, past white space and comments. */
const skipBlank = (bytes: Buffer, from: number): number => {
  let at = from
  for (;;) {
    while (isSpace(bytes[at])) at += 1
    if (bytes[at] === 45 && bytes[at + 1] === 45) {
      const end = bytes.indexOf(10, at)
      at = end === -1 ? bytes.length : end
    } else if (bytes[at] === 47 && bytes[at + 1] === 42) {
      at = endOfComment(bytes, at)
    } else {
      return at
    }
  }
}

/** Block comments nest in PostgreSQL. */
const endOfComment = (bytes: Buffer, from: number): number => {
  let depth = 0
  let at = from
  while (at < bytes.length) {
    const two = bytes.toString('latin1', at, at + 2)
    if (two === '/*') depth += 1
    else if (two === '*/') depth -= 1
    at += two === '/*' || two === '*/' ? 2 : 1
    if (depth === 0) break
  }
  return at
}

/** The lines of places that are asked for in their order: the file is gone through once, however many there are. */
const lineCounter = (bytes: Buffer): ((at: number) => number) => {
  let line = 1
  let end = bytes.indexOf(10)
  return (at) => {
    for (; end !== -1 && end < at; end = bytes.indexOf(10, end + 1)) line += 1
    return line
  }
}

/**
 * The statements of a file, as PostgreSQL's own parser (18, libpg_query) cuts it. A file that it cannot parse, of a newer
 * server or with psql's commands, is one statement: the server has the last word. Comments alone are no statement.
 */
export const splitStatements = async (sql: string): Promise<SqlStatement[]> => {
  // Its offsets count bytes of UTF-8.
  const bytes = Buffer.from(sql)
  if (skipBlank(bytes, 0) >= bytes.length) return []
  const lineOf = lineCounter(bytes)
  const cut = (from: number, to: number, node: Node | null): SqlStatement => {
    const start = skipBlank(bytes, from)
    return { sql: bytes.toString('utf8', start, to).trimEnd(), line: lineOf(start), start, node }
  }
  try {
    const { stmts = [] } = await parse(sql)
    return stmts.map(({ stmt, stmt_location: start = 0, stmt_len: length }) =>
      // No length: it goes to the end of the file.
      cut(start, length === undefined || length === 0 ? bytes.length : start + length, stmt ?? null),
    )
  } catch (error) {
    if (!hasSqlDetails(error)) throw error
    const whole = cut(0, bytes.length, null)
    return whole.sql === '' ? [] : [whole]
  }
}
