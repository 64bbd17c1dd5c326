import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { vacuum } from './vacuum.ts'

describe('vacuum', () => {
  const judge = judgeOf(vacuum, {
    table: 'public.orders',
    live: 100_000,
    dead: 0,
    deadPercent: 0,
    changedPercent: 0,
    changed: 0,
    inserted: 0,
    lastVacuum: null,
    lastAnalyze: null,
    analyzeDays: 1,
    autovacuum: true,
    mayMaintain: true,
  })

  test.each([
    [{}, []],
    [{ dead: 60_000, deadPercent: 60 }, ['warn: 60 % of public.orders are dead rows.']],
    // A small table is vacuumed when it is.
    [{ dead: 600, deadPercent: 60 }, []],
    [
      { changed: 20_000, changedPercent: 20, analyzeDays: 8 },
      ['warn: public.orders was analyzed 8 days ago, and 20 % of it changed since.'],
    ],
    [
      { changed: 20_000, changedPercent: 20, analyzeDays: null },
      ['warn: public.orders was never analyzed, and 20 % of it changed since.'],
    ],
    [{ changed: 5000, changedPercent: 5, analyzeDays: 100 }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})
