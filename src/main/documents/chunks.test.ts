import { afterEach, expect, test, vi } from 'vitest'
import { createChunks } from './chunks.ts'

const { signal } = new AbortController()
const nothing = { offset: 0, bytes: new Uint8Array() }

afterEach(() => {
  vi.useRealTimers()
})

test('a page that waits to be told what is wanted is not missed, however long nothing was', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const chunks = createChunks(10)
  const asked = chunks.feed(nothing, signal)
  vi.advanceTimersByTime(10_000)
  const read = chunks.from(0, 10, signal).next()
  expect(chunks.hungryFor).toBeNull()
  expect(await asked).toEqual({ kind: 'bytes', offset: 0, length: 10 })
  expect(chunks.hungryFor).toBe(0)
  vi.advanceTimersByTime(4000)
  expect(chunks.hungryFor).toBe(4000)
  void chunks.feed({ offset: 0, bytes: new Uint8Array(10) }, signal)
  expect((await read).value).toHaveLength(10)
  chunks.end()
})

test('hunger counts from when bytes are wanted, not from when a page last asked', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const chunks = createChunks(10)
  chunks.rest(true)
  expect(await chunks.feed(nothing, signal)).toEqual({ kind: 'wait' })
  chunks.rest(false)
  vi.advanceTimersByTime(10_000)
  const stop = new AbortController()
  const read = chunks.from(0, 10, stop.signal).next()
  expect(chunks.hungryFor).toBe(0)
  stop.abort()
  await expect(read).rejects.toThrow()
})
