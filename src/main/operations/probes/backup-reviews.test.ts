import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { backupReviews } from './backup-reviews.ts'

describe('reviews of backups', () => {
  const judge = judgeOf(backupReviews, {
    id: '1',
    reviewedAt: '2026-11-20T09:00:00Z',
    age: 3600,
    reviewedBy: 'meera_rao',
    verdict: 'accepted',
    count: 2,
    backups: ['F', 'I'],
    note: 'All verified',
    nextDue: '2026-11-27',
    overdue: -6,
  })
  const objected = { verdict: 'objected', note: 'No restore since May' }

  test.each([
    [[], ['warn: Nobody has reviewed the backups yet.']],
    [[{}], []],
    // The day itself is in time.
    [[{ overdue: 0 }], []],
    [[{ overdue: 1 }], ['warn: A review of backups was due on 2026-11-27, 1 day ago.']],
    [[{ overdue: 14 }], ['critical: A review of backups was due on 2026-11-27, 14 days ago.']],
    [[objected], ['warn: meera_rao objected in the last review: No restore since May']],
    // What was objected before was looked at again.
    [[{}, { ...objected, overdue: 30 }], []],
  ])('%o', (changes, found) => expect(judge(changes)).toEqual(found))
})
