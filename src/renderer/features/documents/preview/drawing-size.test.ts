import { expect, test } from 'vitest'
import { drawingSize } from './drawing-size.ts'

test.each([
  ['as wide as asked for', { width: 600, height: 800 }, { width: 1200, height: 1600 }],
  [
    'smaller where it would be too many pixels',
    { width: 600, height: 7500 },
    { width: 1131, height: 14_142 },
  ],
  ['no side longer than a canvas can be', { width: 100, height: 1_000_000 }, { width: 1, height: 16_384 }],
  ['a pixel at least', { width: 1, height: 1_000_000_000 }, { width: 1, height: 16_384 }],
])('a drawing is %s', (_, whole, size) => {
  expect(drawingSize(whole, 1200)).toMatchObject(size)
})
