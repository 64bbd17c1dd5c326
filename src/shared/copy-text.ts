/**
 * PostgreSQL's COPY text format, the one form in which rows travel: cells parted by TAB, rows ended by LF, NULL as `\N`,
 * and backslash, TAB, LF, CR, BS, FF, VT escaped. https://www.postgresql.org/docs/current/sql-copy.html
 */
const LF = 10
const TAB = 9
const BACKSLASH = 92
/** A byte order mark at the start of a value is part of the value. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}
const unescapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** One row in COPY text form, with its line end. */
export const encodeCopyRow = (cells: readonly (string | null)[]): string =>
  `${cells
    .map((cell) =>
      cell === null
        ? '\\N'
        : cell.replace(/[\\\b\f\n\r\t\v]/g, (character) => escapes[character] ?? character),
    )
    .join('\t')}\n`

const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (_, character: string) => unescapes[character] ?? character)

/** The text of one cell, `null` for NULL. `bytes[start, end)` must hold exactly one cell. */
export const decodeCopyCell = (bytes: Uint8Array, start: number, end: number): string | null => {
  if (end - start === 2 && bytes[start] === BACKSLASH && bytes[start + 1] === 78) return null
  const text = decoder.decode(bytes.subarray(start, end))
  return text.includes('\\') ? unescaped(text) : text
}

/** Offsets at which rows start, and one more: the end of the last row. `bytes` holds whole rows only. */
export const indexRows = (bytes: Uint8Array): Uint32Array => {
  const starts: number[] = [0]
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) starts.push(at + 1)
  return Uint32Array.from(starts)
}

/** All cells of the row that stands at `bytes[start, end)`, `end` just behind its line end. A row of no columns is one empty cell. */
export const decodeCopyRow = (bytes: Uint8Array, start: number, end: number): (string | null)[] => {
  const cells: (string | null)[] = []
  const last = end - 1
  let from = start
  for (;;) {
    const tab = bytes.indexOf(TAB, from)
    if (tab === -1 || tab >= last) break
    cells.push(decodeCopyCell(bytes, from, tab))
    from = tab + 1
  }
  cells.push(decodeCopyCell(bytes, from, last))
  return cells
}
