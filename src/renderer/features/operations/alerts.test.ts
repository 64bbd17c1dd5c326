import { expect, test } from 'vitest'
import type { Verdict } from '../../../shared/operations.ts'
import { type AlertEvent, changesSince, isQuiet, noAlerts, withEvents } from './alerts.ts'

const look = (verdict: Verdict) => [
  {
    title: 'Blocking',
    report: {
      id: 'locks',
      verdict,
      findings: [],
      summary: `it is ${verdict}`,
      ranAt: '2026-11-26T22:00:00Z',
    },
  },
]

test('tells each change for the worse and the way back once, and the first look what is bad already', () => {
  const before = new Map<string, Verdict>()
  const seen = (['warn', 'warn', 'critical', 'ok', 'ok', 'warn'] as const).map((verdict) =>
    changesSince(before, look(verdict)).map(({ from, to }) => `${from} > ${to}`),
  )
  expect(seen).toEqual([['ok > warn'], [], ['warn > critical'], ['critical > ok'], [], ['ok > warn']])
})

test('takes what could not be asked neither for well nor for bad', () => {
  const before = new Map<string, Verdict>()
  expect(changesSince(before, look('unknown'))).toEqual([])
  expect(changesSince(before, look('critical'))).toHaveLength(1)
  expect(changesSince(before, look('not-checked'))).toEqual([])
  expect(changesSince(before, look('critical'))).toEqual([])
})

test.each([
  [{ from: 22, to: 6 }, [22, 23, 0, 5], [6, 12, 21]],
  [{ from: 12, to: 13 }, [12], [11, 13]],
  [{ from: 5, to: 5 }, [], [5]],
  [null, [], [0, 12]],
])('is quiet between %j', (hours, quiet, loud) => {
  expect(quiet.filter((hour) => !isQuiet(hours, hour))).toEqual([])
  expect(loud.filter((hour) => isQuiet(hours, hour))).toEqual([])
})

test('keeps the newest hundred', () => {
  const event = (n: number): AlertEvent => ({
    at: String(n),
    probe: 'locks',
    title: 'Blocking',
    from: 'ok',
    to: 'warn',
    text: '',
    isQuiet: false,
  })
  const many = Array.from({ length: 150 }, (_, n) => event(n))
  const { events } = withEvents(withEvents(noAlerts, many), [event(150)])
  expect(events).toHaveLength(100)
  expect(events.slice(0, 2).map(({ at }) => at)).toEqual(['150', '149'])
})
