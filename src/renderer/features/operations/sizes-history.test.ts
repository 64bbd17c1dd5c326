import { describe, expect, test } from 'vitest'
import type { ProbeReport } from '../../../shared/operations.ts'
import { growthADay, noSizes, type SizesHistory, withGrowth, withSizes } from './sizes-history.ts'

const server = { systemIdentifier: '7' }

const look = (day: number, sizes: Record<string, number | null>, hour = 10): ProbeReport => ({
  id: 'sizes',
  verdict: 'ok',
  summary: '',
  findings: [],
  isCut: false,
  ranAt: new Date(Date.UTC(2026, 10, day, hour)).toISOString(),
  milliseconds: 1,
  waitSeconds: 600,
  error: null,
  rows: Object.entries(sizes).map(([name, bytes]) => ({ kind: 'database', name, bytes })),
})

const history = (...looks: ProbeReport[]): SizesHistory =>
  looks.reduce((history, one) => withSizes(history, one, server), noSizes)

describe('the growth of sizes', () => {
  test('is bytes a day over the days looked at, however far apart, drawn on for 90 days', () => {
    const rows = look(11, { erp: 2100, old: 50 })
    const all = history(look(1, { erp: 1100, old: 60 }), look(3, { erp: 1300, old: 58 }), rows)
    expect(withGrowth(all, rows.rows)).toMatchObject([
      { name: 'erp', growth: 100, ahead: 2100 + 9000 },
      { name: 'old', growth: -1, ahead: 0 },
    ])
  })

  test('is not known from one day, and of a day the last look counts', () => {
    expect(growthADay(history(look(1, { erp: 1 }, 8), look(1, { erp: 9 }, 20)), 'database erp')).toBe(null)
    expect(
      growthADay(
        history(look(1, { erp: 1 }, 8), look(1, { erp: 9 }, 20), look(2, { erp: 10 })),
        'database erp',
      ),
    ).toBe(1)
  })

  test('leaves out what is older than 30 days, and what could not be measured', () => {
    const all = history(
      look(1, { erp: 0 }),
      look(33, { erp: 100 }),
      look(34, { erp: null }),
      look(35, { erp: 120 }),
    )
    expect(growthADay(all, 'database erp')).toBe(10)
  })

  test('begins anew on another server', () => {
    const moved = withSizes(history(look(1, { erp: 1 })), look(2, { erp: 5 }), { systemIdentifier: '8' })
    expect(growthADay(moved, 'database erp')).toBe(null)
  })

  test('of half a year and the largest names fits into one setting, and forgets the rest', () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`a_table_with_a_long_name_${at}`, 1e12 + at]),
    )
    const all = history(...Array.from({ length: 200 }, (_, day) => look(day, many)))
    expect(all.days).toHaveLength(180)
    expect(all.names).toContain('database a_table_with_a_long_name_59')
    expect(all.names).not.toContain('database a_table_with_a_long_name_0')
    expect(JSON.stringify(all).length).toBeLessThan(64 * 1024)
  })
})
