import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { receiver } from './receiver.ts'

const mega = 1024 ** 2

describe('the receiver', () => {
  const judge = judgeOf(receiver, {
    status: 'streaming',
    sender: 'db-a:5432',
    slot: null,
    receivedLsn: '0/1',
    replayedLsn: '0/1',
    sentBehind: 0,
    unreplayed: 0,
    replayBehind: 0,
    lastReplayed: null,
    secondsBehind: 0,
    silence: 1,
    pause: 'not paused',
  })

  test.each([
    [{}, []],
    // The first commit after a quiet hour.
    [{ replayBehind: 4000, secondsBehind: 3600 }, []],
    [
      { replayBehind: 2 * mega, secondsBehind: 3600 },
      ['critical: The last commit replayed is 1 h old, and more is waiting.'],
    ],
    [{ silence: 61 }, ['warn: The sender has said nothing for 1 min 1 s.']],
    [
      { pause: 'pause requested' },
      ['critical: Replay is paused (pause requested): what arrives is not applied.'],
    ],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})
