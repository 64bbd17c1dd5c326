import { expect, test } from 'vitest'
import { formatDuration } from './duration.ts'

test('a duration is told in the units that a person would use', () => {
  expect(
    [0, 12.4, 99, 100, 449, 9940, 9960, 59_400, 59_600, 125_000, 12_000_000].map(formatDuration),
  ).toEqual([
    '0 ms',
    '12 ms',
    '99 ms',
    '0.1 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '2 min 5 s',
    '3 h 20 min',
  ])
})
