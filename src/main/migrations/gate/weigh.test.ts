import { expect, test } from 'vitest'
import type { LockMode } from '../../../shared/migrations.ts'
import type { Figures } from './known.ts'
import { type Severity, weighLock, weighWork, worst } from './weigh.ts'

const MB = 1024 ** 2

const figures = (bytes: number, writesPerSecond: number | null = 0): Figures => ({
  bytes,
  empty: false,
  writesPerSecond,
})

test.for<[string, Figures | undefined, LockMode, Severity]>([
  ['of a size that is not known', undefined, 'SHARE', 'warning'],
  ['below 10 MB', figures(10 * MB - 1, 100), 'ACCESS EXCLUSIVE', 'ok'],
  ['from 10 MB on', figures(10 * MB), 'SHARE', 'warning'],
  ['whose writes are not known', figures(10 * MB, null), 'SHARE', 'warning'],
  ['that is seldom written to', figures(10 * MB, 0.9), 'SHARE', 'warning'],
  ['that is written to each second', figures(10 * MB, 1), 'SHARE', 'danger'],
  ['below 1 GB', figures(1024 * MB - 1), 'SHARE', 'warning'],
  ['from 1 GB on', figures(1024 * MB), 'SHARE', 'danger'],
  ['that is written to meanwhile', figures(1024 * MB, 100), 'SHARE UPDATE EXCLUSIVE', 'ok'],
])('going through a table %s', ([, table, mode, severity]) => {
  expect(weighWork(table, mode)).toBe(severity)
})

test.for<[string, Figures | undefined, LockMode, Severity]>([
  ['of which nothing is known', undefined, 'ACCESS EXCLUSIVE', 'warning'],
  ['whose writes are not known', figures(0, null), 'ACCESS EXCLUSIVE', 'ok'],
  ['with less than ten writes a second', figures(0, 9.9), 'ACCESS EXCLUSIVE', 'ok'],
  ['with ten writes a second', figures(0, 10), 'SHARE', 'warning'],
  ['that can be written to meanwhile', figures(0, 100), 'ROW EXCLUSIVE', 'ok'],
])('locking a table %s', ([, table, mode, severity]) => {
  expect(weighLock(table, mode)).toBe(severity)
})

test('the worst of several counts', () => {
  expect(worst(['warning', 'danger', 'ok'])).toBe('danger')
  expect(worst(['ok', 'warning'])).toBe('warning')
  expect(worst([])).toBe('ok')
})
