import { expect, test } from 'vitest'
import { maximumHeight, scrolled, scrollFor } from './scaled-scroll.ts'

const rowHeight = 28
const viewport = 700
const short = { height: 100_000 * rowHeight, viewport }
const tall = { height: 10_000_000 * rowHeight, viewport }

test('a list that fits is scrolled pixel by pixel', () => {
  expect(scrolled({ physical: 0, virtual: 0 }, 12_345, short)).toEqual({ physical: 12_345, virtual: 12_345 })
  expect(scrollFor(12_345, short)).toEqual({ physical: 12_345, virtual: 12_345 })
})

test('every row of a list of ten million can be reached, the last one too', () => {
  for (const row of [0, 1, 4_999_999, 9_999_974]) {
    const { physical, virtual } = scrollFor(row * rowHeight, tall)
    expect(physical).toBeGreaterThanOrEqual(0)
    expect(physical).toBeLessThanOrEqual(maximumHeight - viewport)
    expect(virtual).toBe(row * rowHeight)
  }
  expect(scrollFor(tall.height, tall)).toEqual({
    physical: maximumHeight - viewport,
    virtual: tall.height - viewport,
  })
})

test('a turn of the wheel moves a few rows, however tall the list', () => {
  const from = scrollFor(tall.height / 2, tall)
  const to = scrolled(from, from.physical + 100, tall)
  expect(to.virtual - from.virtual).toBe(100)
})

test('dragging the bar moves by its share', () => {
  const to = scrolled({ physical: 0, virtual: 0 }, (maximumHeight - viewport) / 2, tall)
  expect(to.virtual).toBeCloseTo((tall.height - viewport) / 2)
})

test('a place is never outside of the list', () => {
  const end = scrollFor(tall.height, tall)
  expect(scrolled(end, end.physical + 500, tall).virtual).toBe(tall.height - viewport)
  expect(scrolled({ physical: 300, virtual: 100 }, 0, tall).virtual).toBe(0)
})
