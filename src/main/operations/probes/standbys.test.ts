import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { standbys } from './standbys.ts'

const mega = 1024 ** 2

describe('standbys', () => {
  const judge = judgeOf(standbys, {
    pid: 1,
    name: 'b',
    address: null,
    user: null,
    kind: 'standby',
    state: 'streaming',
    syncState: 'async',
    slot: null,
    sentBehind: 0,
    writeBehind: 0,
    flushBehind: 0,
    replayBehind: 0,
    writeLag: null,
    flushLag: null,
    replayLag: null,
    repliedAt: null,
    since: null,
  })

  test.each([
    [{}, []],
    // The last lag that was measured says nothing once all is replayed.
    [{ replayLag: 4000 }, []],
    [{ replayBehind: 64 * mega }, ['warn: Standby "b" has 64 MB of WAL still to replay.']],
    [{ replayBehind: 1024 * mega }, ['critical: Standby "b" has 1.0 GB of WAL still to replay.']],
    [{ replayBehind: 1, replayLag: 300 }, ['critical: Standby "b" replays what was written 5 min ago.']],
    [
      { replayBehind: null, state: 'startup' },
      ['unknown: Standby "b" has not said how far it is (startup).'],
    ],
    [
      { kind: 'logical', replayBehind: 64 * mega },
      ['warn: Subscriber "b" has 64 MB of WAL still to replay.'],
    ],
    // A base backup replays nothing.
    [{ kind: 'backup', replayBehind: null }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))

  test('turn where the connection says so', () => {
    expect(judge([{ replayBehind: 64 * mega }], { 'standbys.lagWarn': 65 * mega })).toEqual([])
  })
})
