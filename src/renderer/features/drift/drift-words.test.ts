import { expect, test } from 'vitest'
import type { Difference, DriftReport, DriftWaiver } from '../../../shared/migrations.ts'
import { withWaivers } from './drift-words.ts'

const waiver = (id: string, attribute: string | null): DriftWaiver => ({
  id,
  kind: 'column',
  identity: 'public.t.c',
  attribute,
  who: 'dba-1',
  reason: 'agreed',
  until: '2026-12-31',
})
const difference: Difference = {
  kind: 'column',
  identity: 'public.t.c',
  change: 'changed',
  attributes: [
    { name: 'type', expected: 'text', actual: 'integer' },
    { name: 'default', expected: null, actual: '1' },
  ],
  mendDatabase: null,
  mendMigrations: null,
  waivers: [],
  waived: false,
}
const report: DriftReport = {
  checkedAt: '2026-11-25T00:00:00Z',
  version: '0004',
  shadow: 'same-server',
  shadowMadeAt: '2026-11-25T00:00:00Z',
  objects: 10,
  milliseconds: 1,
  adoption: null,
  differences: [difference, { ...difference, identity: 'public.t.d' }],
  notes: [],
}

const waivedWith = (waivers: DriftWaiver[], day = '2026-11-25') =>
  withWaivers(report, waivers, day).differences.map(({ waived }) => waived)

test('a difference counts until every attribute of it is waived, or the whole object', () => {
  expect(withWaivers(report, [], '2026-11-25')).toEqual(report)
  expect(waivedWith([waiver('1', 'type')])).toEqual([false, false])
  expect(waivedWith([waiver('1', 'type'), waiver('2', 'default')])).toEqual([true, false])
  expect(waivedWith([waiver('1', null)])).toEqual([true, false])
})

test('a waiver holds through its last day, and not one day longer', () => {
  expect(waivedWith([waiver('1', null)], '2026-12-31')).toEqual([true, false])
  expect(waivedWith([waiver('1', null)], '2027-01-01')).toEqual([false, false])
})
