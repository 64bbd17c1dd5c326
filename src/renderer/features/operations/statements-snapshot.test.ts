import { describe, expect, test } from 'vitest'
import type { ProbeReport } from '../../../shared/operations.ts'
import { isComparable, sinceSnapshot, takeSnapshot } from './statements-snapshot.ts'

const server = { inRecovery: false, timeline: 1, systemIdentifier: '7', startedAt: '2026-11-01T00:00:00Z' }

type Figures = {
  queryId: string
  calls: number
  totalTime: number
  rows?: number
  isTop?: boolean
  resetAt?: string
}

const look = (ranAt: string, statements: Figures[]): ProbeReport => ({
  id: 'statements',
  verdict: 'ok',
  summary: '',
  findings: [],
  isCut: false,
  ranAt,
  milliseconds: 1,
  waitSeconds: 60,
  error: null,
  rows: statements.map((one) => ({
    database: 'erp',
    user: 'app',
    isTop: true,
    query: `select 'secret of ${one.queryId}'`,
    meanTime: one.totalTime / one.calls,
    resetAt: '2026-11-01T00:00:00Z',
    ...one,
  })),
})

const before = look('2026-11-27T10:00:00Z', [
  { queryId: '1', calls: 100, totalTime: 1000, rows: 100 },
  { queryId: '2', calls: 50, totalTime: 5000 },
  { queryId: '3', calls: 40, totalTime: 80 },
])
const snapshot = takeSnapshot(before, server)

describe('what ran since a snapshot', () => {
  test('is the difference, with its share of that time and the mean before it; what did not run is left out', () => {
    const after = look('2026-11-27T10:15:00Z', [
      { queryId: '2', calls: 50, totalTime: 5000 },
      { queryId: '1', calls: 110, totalTime: 1300, rows: 150 },
      { queryId: '3', calls: 50, totalTime: 180 },
    ])
    expect(sinceSnapshot(snapshot, after)).toMatchObject([
      {
        queryId: '1',
        calls: 10,
        totalTime: 300,
        rows: 50,
        meanTime: 30,
        meanBefore: 10,
        change: 200,
        share: 75,
      },
      { queryId: '3', calls: 10, totalTime: 100, meanTime: 10, meanBefore: 2, change: 400, share: 25 },
    ])
  })

  test('tells with all its figures what the snapshot did not have, or what was given up and came back', () => {
    const after = look('2026-11-27T10:15:00Z', [
      { queryId: '3', calls: 4, totalTime: 8 },
      { queryId: '9', calls: 2, totalTime: 6 },
      { queryId: '1', calls: 3, totalTime: 3, isTop: false },
    ])
    const told = { isInSnapshot: false, meanBefore: null, change: null }
    expect(sinceSnapshot(snapshot, after)).toMatchObject([
      { queryId: '3', calls: 4, ...told },
      { queryId: '9', calls: 2, ...told },
      { queryId: '1', calls: 3, ...told },
    ])
  })

  test('is not told of figures that were reset since, or of another server', () => {
    expect(isComparable(snapshot, before, server)).toBe(true)
    const reset = look('2026-11-27T10:15:00Z', [
      { queryId: '1', calls: 1, totalTime: 1, resetAt: '2026-11-27T10:10:00Z' },
    ])
    expect(isComparable(snapshot, reset, server)).toBe(false)
    expect(isComparable(snapshot, before, { ...server, systemIdentifier: '8' })).toBe(false)
  })

  test('keeps no text of a statement', () => {
    expect(JSON.stringify(snapshot)).not.toContain('secret')
  })

  test('of the most rows that a server answers fits into one setting', () => {
    const most = look(
      '2026-11-27T10:00:00Z',
      Array.from({ length: 300 }, (_, at) => ({
        queryId: `-91234567890123${at}`,
        calls: 123_456_789,
        totalTime: 1.234_567_891_2e9,
        rows: 987_654_321_012,
      })),
    )
    expect(JSON.stringify({ snapshot: takeSnapshot(most, server), isShown: true }).length).toBeLessThan(
      64 * 1024,
    )
  })
})
