import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { wraparound } from './wraparound.ts'

describe('wraparound', () => {
  const judge = judgeOf(wraparound, {
    kind: 'table',
    name: 'public.orders',
    xids: 1000,
    multixacts: 1,
    usedPercent: 0,
    detail: null,
    pid: null,
    mayMaintain: true,
  })
  const holder = { kind: 'prepared', name: 'tx-7', xids: 600_000_000, multixacts: null, detail: 'app, erp' }

  test.each([
    [[{}], []],
    [
      [{ xids: 500_000_000 }],
      ['warn: Table public.orders is 500,000,000 of 2,147,483,648 transactions old.'],
    ],
    [
      [{ multixacts: 1_200_000_000 }],
      ['critical: Table public.orders is 1,200,000,000 of 2,147,483,648 transactions old.'],
    ],
    [
      [{ xids: 500_000_000 }, holder],
      [
        'warn: Table public.orders is 500,000,000 of 2,147,483,648 transactions old. The horizon is held by Prepared transaction tx-7 (app, erp).',
        'warn: Prepared transaction tx-7 (app, erp) keeps the dead rows of 600,000,000 transactions from VACUUM.',
      ],
    ],
  ])('%o', (changes, found) => expect(judge(changes)).toEqual(found))
})
