import { describe, expect, test } from 'vitest'
import { decodeCopyCell, decodeCopyRow, encodeCopyRow, indexRows } from './copy-text.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const rowsOf = (bytes: Uint8Array): (string | null)[][] => {
  const starts = indexRows(bytes)
  return Array.from({ length: starts.length - 1 }, (_, row) =>
    decodeCopyRow(bytes, starts[row] ?? 0, starts[row + 1] ?? 0),
  )
}

/** Small numbers that look random and are the same in each run. */
const dice = (seed: number) => (sides: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
  return seed % sides
}

describe('COPY text', () => {
  test('gives back every row that was written, whatever it holds', () => {
    const throwDie = dice(7)
    const parts = [
      '\\',
      'N',
      '\\N',
      '\t',
      '\n',
      '\r',
      '\b',
      '\f',
      '\v',
      'a',
      ' ',
      '',
      'ü',
      '漢',
      '😀',
      '\ufeff',
      '\u0001',
      'n',
      '.',
      '\u2028',
    ]
    const value = () =>
      throwDie(5) === 0
        ? null
        : Array.from({ length: throwDie(6) }, () => parts[throwDie(parts.length)] ?? '').join('')
    const rows = Array.from({ length: 2000 }, () => Array.from({ length: 1 + throwDie(5) }, value))
    expect(rowsOf(bytesOf(rows.map(encodeCopyRow).join('')))).toEqual(rows)
  })

  test('is written as PostgreSQL writes it', () => {
    expect(encodeCopyRow(['a\\b', null, '', '\t\n\r\b\f\v', '\u0001'])).toBe(
      'a\\\\b\t\\N\t\t\\t\\n\\r\\b\\f\\v\t\u0001\n',
    )
  })

  test('tells NULL from the text \\N', () => {
    expect(rowsOf(bytesOf('\\N\t\\\\N\n'))).toEqual([[null, '\\N']])
  })

  test('keeps a byte order mark at the start of a value', () => {
    const bytes = bytesOf('\ufeffa\n')
    expect(decodeCopyCell(bytes, 0, bytes.length - 1)).toBe('\ufeffa')
  })

  test('knows no rows, and rows without columns', () => {
    expect(rowsOf(new Uint8Array(0))).toEqual([])
    expect(rowsOf(bytesOf('\n\n'))).toEqual([[''], ['']])
  })
})
