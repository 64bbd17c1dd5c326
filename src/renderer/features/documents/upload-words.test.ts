import { expect, test } from 'vitest'
import type { UploadState } from '../../../shared/documents.ts'
import { briefOf } from './upload-words.ts'

const upload = (status: UploadState['status'], more: Partial<UploadState> = {}): UploadState => ({
  id: status,
  name: 'scan.pdf',
  bytes: 1000,
  plant: 'HYD-1',
  status,
  paused: false,
  starving: false,
  done: 0,
  speed: null,
  retries: 0,
  contentType: null,
  sha256: null,
  documentId: null,
  duplicates: [],
  error: null,
  ...more,
})

test.each([
  ['nothing once all are stored or given up', [upload('stored'), upload('cancelled')], null],
  [
    'how many of those that will be stored are on the way, and how far all of them are',
    [upload('stored'), upload('hashing', { done: 500 }), upload('sending', { done: 500 }), upload('queued')],
    { text: '50 %', words: '3 of 4 uploads on the way, 50 %', needsPerson: false },
  ],
  [
    'what stands still',
    [upload('sending', { paused: true })],
    { text: '50 %', words: '1 of 1 upload paused, 50 %', needsPerson: false },
  ],
  [
    'what waits for a person beside what moves',
    [upload('checking'), upload('failed')],
    { text: '99 %', words: '1 of 1 upload on the way, 99 %, 1 upload to decide upon', needsPerson: true },
  ],
  [
    'what waits for a person when nothing moves',
    [upload('stored'), upload('failed'), upload('duplicate')],
    { text: '2', words: '2 uploads to decide upon', needsPerson: true },
  ],
])('other screens tell %s', (_, uploads, said) => {
  expect(briefOf(uploads)).toEqual(said)
})
