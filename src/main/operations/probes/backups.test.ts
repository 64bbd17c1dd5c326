import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { backups } from './backups.ts'

describe('backups', () => {
  const hour = 3600
  const judge = judgeOf(backups, {
    id: '1',
    tool: 'pgbackrest',
    repository: 'erp/repo1',
    label: 'F',
    kind: 'full',
    outcome: 'succeeded',
    failure: null,
    startedAt: '',
    finishedAt: '',
    age: hour,
    bytes: null,
    storedBytes: null,
    verification: 'checksums',
    verifiedAt: '',
    verificationPassed: true,
    restoredAt: '',
    restorePassed: true,
    restoreDays: 10,
    isOfThisCluster: true,
    recordedBy: 'backup',
  })

  test.each([
    [[{}], []],
    [[], ['critical: No backup is recorded.']],
    [[{ isOfThisCluster: false }], ['critical: No good backup of this cluster is recorded.']],
    [[{ age: 24 * hour }], ['warn: The last good backup, F, is 24 h old.']],
    [[{ age: 72 * hour }], ['critical: The last good backup, F, is 3 d old.']],
    [
      [{ label: 'new', outcome: 'failed', failure: 'disk full', age: 1, restoreDays: null }, {}],
      ['warn: The last backup, new, failed: disk full.'],
    ],
    [[{ verificationPassed: false }], ['critical: F did not pass its verification.']],
    [[{ verification: 'sizes' }], ['ok: F was verified by sizes only, which finds no damaged file.']],
    [[{ restoreDays: null }], ['warn: No restore is recorded: nobody knows whether one works.']],
    [[{ restorePassed: false }], ['critical: The last restore, of F, failed.']],
    [[{ restoreDays: 91 }], ['warn: A restore was tried last 91 days ago.']],
    // One that runs is no news.
    [[{ outcome: 'running', age: null, restoreDays: null }, {}], []],
  ])('%o', (changes, found) => expect(judge(changes)).toEqual(found))
})
