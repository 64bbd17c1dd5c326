import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSleep } from './sleep.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a machine that slept is noticed once, when it wakes', () => {
  const onWake = vi.fn()
  watchSleep(onWake)
  vi.advanceTimersByTime(60_000)
  expect(onWake).not.toHaveBeenCalled()
  // While it sleeps the clock goes on, and timers do not.
  vi.setSystemTime(Date.now() + 3_600_000)
  vi.advanceTimersByTime(60_000)
  expect(onWake).toHaveBeenCalledTimes(1)
})

test('a busy moment, and a clock that was set back, are no sleep', () => {
  const onWake = vi.fn()
  watchSleep(onWake)
  vi.setSystemTime(Date.now() + 10_000)
  vi.advanceTimersByTime(10_000)
  vi.setSystemTime(Date.now() - 3_600_000)
  vi.advanceTimersByTime(10_000)
  expect(onWake).not.toHaveBeenCalled()
})

test('nothing is noticed any more after the watch was stopped', () => {
  const onWake = vi.fn()
  watchSleep(onWake)()
  vi.setSystemTime(Date.now() + 3_600_000)
  vi.advanceTimersByTime(60_000)
  expect(onWake).not.toHaveBeenCalled()
})
