import { describe, expect, test } from 'vitest'
import { judgeOf, server } from '../../../../test/support/judge-of.ts'
import { thresholdsOf } from '../operations.ts'
import { indexes } from './indexes.ts'
import { sequences } from './sequences.ts'

const mega = 1024 ** 2

describe('indexes and sequences', () => {
  const index = judgeOf(indexes, {
    kind: 'unused',
    table: 'public.orders',
    index: 'public.orders_note',
    other: null,
    columns: null,
    bytes: 20 * mega,
    rows: null,
    scans: 0,
    countedDays: 30,
    mayMaintain: true,
  })

  test.each([
    [{}, ['warn: public.orders_note (20 MB) was not used on this server for 30 days.']],
    [{ bytes: mega }, []],
    // The counters are of yesterday.
    [{ countedDays: 1 }, []],
    [{ kind: 'missing', index: null, other: 'public.customers', columns: 'customer', rows: 100 }, []],
  ])('%o', (change, found) => expect(index([change])).toEqual(found))

  test('no finding offers to drop what is only not used here', () => {
    const rows = [
      {
        kind: 'unused',
        table: 't',
        index: 'i',
        other: null,
        columns: null,
        bytes: 20 * mega,
        rows: null,
        scans: 0,
        countedDays: 30,
        mayMaintain: true,
      },
    ]
    const { findings } = indexes.judge(rows, { server, thresholds: thresholdsOf(indexes, {}) })
    expect(findings[0]?.remedies?.map(({ sql }) => sql)).toEqual([null])
  })

  test('sequences that the role may not see are not taken for unused', () => {
    const well = {
      sequence: 's',
      column: null,
      type: 'bigint',
      last: '7',
      limit: '100',
      usedPercent: 7,
      isReadable: true,
    }
    expect(judgeOf(sequences, well)([{}, { last: null, usedPercent: null, isReadable: false }])).toEqual([
      'not-checked: dba may not see the numbers of 1 sequence.',
    ])
  })
})
