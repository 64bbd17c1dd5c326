import { expect, test } from 'vitest'
import type { MigrationRun } from '../../../shared/migrations.ts'
import { stateWords, tookWords } from './migration-words.ts'

const run: MigrationRun = {
  id: '1',
  version: '0001',
  name: '0001_a',
  direction: 'up',
  outcome: 'done',
  startedAt: '2026-11-26T00:00:00Z',
  milliseconds: 12,
  actor: 'a',
  actingRole: 'a',
  claimedBy: 'a@b',
  reason: 'CR-1',
  checksum: 'c',
  statements: 1,
  statementsDone: 1,
  failure: null,
  toolVersion: '0.1.0',
}
const baseline: MigrationRun = { ...run, direction: 'baseline' }

test('what was taken as applied was not run, and took no time', () => {
  expect(stateWords({ state: 'applied', halfDone: null, appliedBy: run })).toBe('applied')
  expect(stateWords({ state: 'applied', halfDone: null, appliedBy: baseline })).toBe('taken as applied')
  expect([tookWords(run), tookWords(baseline)]).toEqual([', 12 ms', ''])
})
