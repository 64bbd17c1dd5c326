import { expect, test } from 'vitest'
import { encodeCopyRow } from '../../../shared/copy-text.ts'
import { type ChainedPage, PageChain } from './page-chain.ts'
import { RowBatch } from './row-batch.ts'

/** A page of rows whose only cell is their number in the table. */
const page = (first: number, last: number): ChainedPage => {
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => String(first + at))
  const bytes = new TextEncoder().encode(numbers.map((number) => encodeCopyRow([number, ''])).join(''))
  return { rows: numbers.length, first: [String(first)], last: [String(last)], batch: new RowBatch(bytes) }
}
const valueAt = (chain: PageChain, ordinal: number): string | null | undefined => {
  const found = chain.find(ordinal)
  return found?.page.batch?.row(ordinal - found.start).cell(0)
}

test('a row keeps its ordinal when pages are put in front and behind', () => {
  const chain = new PageChain()
  chain.prepend(page(91, 100), true)
  const last = chain.end - 1
  expect(valueAt(chain, last)).toBe('100')
  chain.prepend(page(81, 90), true)
  chain.append(page(101, 105), false)
  expect(valueAt(chain, last)).toBe('100')
  expect(valueAt(chain, chain.start)).toBe('81')
  expect(valueAt(chain, chain.end - 1)).toBe('105')
  expect(valueAt(chain, chain.end)).toBeUndefined()
  expect([chain.before, chain.after]).toEqual([true, false])
})

test('far rows are let go, and are found again from a neighbour', () => {
  const chain = new PageChain()
  for (let first = 1; first <= 91; first += 10) chain.append(page(first, first + 9), first < 91)
  chain.dropFar(0, 5, 20)
  expect(valueAt(chain, 5)).toBe('6')
  expect(valueAt(chain, 55)).toBeUndefined()
  const missing = chain.missing(50, 55)
  expect(missing).toMatchObject({ from: ['50'], backward: false })
  if (missing !== null) chain.restore(missing, page(51, 60), true)
  expect(valueAt(chain, 55)).toBe('56')
  expect(chain.end).toBe(100)
})

test('the first page of a chain that was begun at the end is read backward, never from the start of the table', () => {
  const chain = new PageChain()
  chain.prepend(page(91, 100), true)
  chain.prepend(page(81, 90), true)
  chain.dropFar(chain.end + 100, chain.end + 100, 0)
  expect(chain.missing(chain.start, chain.start)).toMatchObject({ from: ['91'], backward: true })
})

test('rows that changed meanwhile end the chain there: it has no gap and no row twice', () => {
  const chain = new PageChain()
  for (const first of [1, 11, 21]) chain.append(page(first, first + 9), false)
  chain.dropFar(25, 29, 0)
  const missing = chain.missing(0, 9)
  expect(missing).toMatchObject({ from: null, backward: false })
  // Row 0 was inserted: the page now ends one row earlier.
  if (missing !== null) chain.restore(missing, page(0, 9), true)
  expect(chain.pages).toHaveLength(1)
  expect([chain.start, chain.end, chain.after]).toEqual([0, 10, true])

  const backward = new PageChain()
  for (const first of [1, 11, 21]) backward.append(page(first, first + 9), false)
  backward.dropFar(25, 29, 0)
  const before = backward.missing(10, 19)
  expect(before).toMatchObject({ from: ['21'], backward: true })
  if (before !== null) backward.restore(before, page(13, 20), true)
  expect([backward.start, backward.end, backward.before]).toEqual([12, 30, true])
  expect(valueAt(backward, 20)).toBe('21')
  expect(valueAt(backward, 19)).toBe('20')
})
