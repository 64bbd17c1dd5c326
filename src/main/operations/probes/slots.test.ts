import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { slots } from './slots.ts'

describe('slots', () => {
  const judge = judgeOf(slots, {
    name: 's',
    kind: 'physical',
    database: null,
    plugin: null,
    isActive: true,
    isTemporary: false,
    walStatus: 'reserved',
    retained: 0,
    safe: null,
    inactiveSince: null,
    inactiveSeconds: null,
    invalidation: null,
    xminAge: null,
  })

  test.each([
    [{}, []],
    [{ isActive: false, inactiveSeconds: 60 }, []],
    [{ isActive: false, inactiveSeconds: 1800 }, ['warn: Slot "s" has not been used for 30 min.']],
    // Before 17 nobody knows since when.
    [{ isActive: false }, ['warn: Slot "s" is not used; since when, the server says from version 17 on.']],
    // One that never was used keeps nothing.
    [{ isActive: false, retained: null }, []],
    [
      { walStatus: 'unreserved' },
      ['critical: Slot "s" is about to be lost: the next checkpoint takes WAL away that it needs.'],
    ],
    [{ walStatus: 'lost' }, ['critical: Slot "s" is lost: WAL that it needs is gone.']],
    [
      { walStatus: 'reserved', invalidation: 'idle_timeout' },
      ['critical: Slot "s" is lost: WAL that it needs is gone (idle_timeout).'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})
