import { expect, test } from 'vitest'
import { exactTime, parseTimestamp, relativeTime } from './time.ts'

test('PostgreSQL writes a moment in many offsets, and all mean the same', () => {
  const moment = Date.UTC(2026, 10, 22, 9, 53, 11, 308)
  for (const text of [
    '2026-11-22 09:53:11.308201+00',
    '2026-11-22 15:23:11.308201+05:30',
    '2026-11-22 04:23:11.308-05:30',
    '2026-11-22T09:53:11.308Z',
  ]) {
    expect(parseTimestamp(text)).toBe(moment)
  }
})

test('what is no moment of our calendar is left as stored', () => {
  for (const text of ['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '22/11/2026 09:53:11 IST', '']) {
    expect(parseTimestamp(text)).toBeNull()
  }
  expect(parseTimestamp('12026-01-01 00:00:00+00')).toBe(Date.UTC(12026, 0, 1))
})

test('the exact time keeps its microseconds, in UTC too', () => {
  const stored = '2026-11-22 09:53:11.308201+00'
  expect(exactTime(parseTimestamp(stored) ?? 0, stored)).toContain('2026-11-22 09:53:11.308201 UTC')
})

test('a relative time counts whole units', () => {
  const now = Date.UTC(2026, 10, 22)
  expect(relativeTime(now - 119_000, now)).toBe('1 min. ago')
  expect(relativeTime(now + 2 * 86_400_000, now)).toBe('in 2 days')
  expect(relativeTime(now - 300, now)).toBe('now')
})
