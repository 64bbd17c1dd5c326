import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { archiver } from './archiver.ts'

const mega = 1024 ** 2

describe('the archive', () => {
  const judge = judgeOf(archiver, {
    inRecovery: false,
    walLevel: 'replica',
    mode: 'on',
    isSet: true,
    archived: 10,
    failed: 0,
    lastArchived: '000000010000000000000001',
    lastArchivedAt: '2026-11-26T00:00:00Z',
    lastFailed: null,
    lastFailedAt: null,
    isFailing: false,
    age: 60,
    unarchived: 8 * mega,
    ready: 0,
  })

  test.each([
    [{}, []],
    // Nothing was written: nothing is missing.
    [{ age: 90_000, unarchived: 100 }, []],
    [{ age: 900 }, ['warn: The archive ends 15 min ago, with 8.0 MB written since.']],
    [{ age: 3600 }, ['critical: The archive ends 1 h ago, with 8.0 MB written since.']],
    [{ ready: 100 }, ['critical: 100 files of WAL wait for the archive.']],
    [
      { isSet: false },
      ['critical: archive_mode is on, and there is no archive_command or archive_library: WAL piles up.'],
    ],
    [{ mode: 'off' }, ['warn: WAL is not archived: nothing between two backups can be restored.']],
    [{ inRecovery: true, age: 90_000 }, []],
  ])('%o', (change, found) => expect(judge([change])).toEqual(found))
})
