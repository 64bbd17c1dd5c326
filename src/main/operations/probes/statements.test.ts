import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { statements } from './statements.ts'

describe('statements', () => {
  const judge = judgeOf(statements, {
    queryId: '1',
    database: 'erp',
    user: 'app',
    isTop: true,
    query: 'select 1',
    calls: 20,
    share: 12,
    totalTime: 4000,
    meanTime: 200,
    maxTime: 300,
    spread: 1,
    planTime: 0,
    rows: 1,
    blocksHit: 0,
    blocksRead: 0,
    blocksWritten: 0,
    tempBlocks: 0,
    ioTime: 0,
    walBytes: 0,
    evictionsADay: 0,
    resetAt: null,
  })

  test.each([
    [{}, ['warn: A statement of app takes 200 ms on average, 12 % of all time.']],
    [{ calls: 19 }, []],
    [{ share: 0.5 }, []],
    [{ meanTime: 99 }, []],
    [
      { meanTime: 1, evictionsADay: 30 },
      ['warn: pg_stat_statements gives statements up 30 times a day: its figures are not whole.'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})
