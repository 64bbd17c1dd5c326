import { afterEach, describe, expect, test, vi } from 'vitest'
import { ConsoleError } from '../../shared/errors.ts'
import { createResults } from './results.ts'

const never = new AbortController().signal

afterEach(() => {
  vi.useRealTimers()
})

/** A source of `count` batches that notes how far it was read and that it was ended. */
const source = (count: number, failure?: Error) => {
  const seen = { read: 0, ended: false }
  async function* batches() {
    try {
      while (seen.read < count) {
        seen.read += 1
        yield Uint8Array.of(seen.read)
      }
      if (failure !== undefined) throw failure
    } finally {
      seen.ended = true
    }
  }
  return { seen, batches: batches() }
}

/** A source whose next batch comes when the test says so. */
const slowSource = () => {
  const gate = Promise.withResolvers<void>()
  async function* batches() {
    await gate.promise
    yield Uint8Array.of(1)
  }
  return { open: gate.resolve, batches: batches() }
}

const closed = (because: string) => ({ code: 'RESULT_CLOSED', message: expect.stringContaining(because) })

describe('a result', () => {
  test('is pulled in order, and its last batch says that it is the last', async () => {
    const results = createResults()
    const id = results.add(source(3).batches)
    const pulled = [
      await results.pull(id, never),
      await results.pull(id, never),
      await results.pull(id, never),
    ]
    expect(pulled.map(({ bytes, done }) => [...bytes, done])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
    await expect(results.pull(id, never)).rejects.toMatchObject(closed('read to its end'))
  })

  test('that is empty is one empty batch', async () => {
    const results = createResults()
    const { bytes, done } = await results.pull(results.add(source(0).batches), never)
    expect([bytes.length, done]).toEqual([0, true])
  })

  test('reads one batch ahead of its pulls and no more', async () => {
    const results = createResults()
    const { seen, batches } = source(10)
    const id = results.add(batches)
    await vi.waitFor(() => expect(seen.read).toBe(1))
    await results.pull(id, never)
    await results.pull(id, never)
    expect(seen.read).toBe(3)
    await results.close(id)
    expect(seen).toEqual({ read: 3, ended: true })
  })

  test('takes two pulls at once, in order, and refuses a third', async () => {
    const results = createResults()
    const { open, batches } = slowSource()
    const id = results.add(batches)
    const [first, second] = [results.pull(id, never), results.pull(id, never)]
    await expect(results.pull(id, never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    open()
    expect([...(await first).bytes]).toEqual([1])
    await expect(second).rejects.toMatchObject({ code: 'RESULT_CLOSED' })
  })

  test('fails at the pull that meets the failure, after the batches before it', async () => {
    const results = createResults()
    const failure = new ConsoleError('CONNECTION_LOST', 'gone', 'connect')
    const id = results.add(source(1, failure).batches)
    expect((await results.pull(id, never)).done).toBe(false)
    await expect(results.pull(id, never)).rejects.toBe(failure)
    await expect(results.pull(id, never)).rejects.toMatchObject({ code: 'RESULT_CLOSED' })
  })

  test('keeps the batch of a pull that was given up for the next one', async () => {
    const results = createResults()
    const { open, batches } = slowSource()
    const id = results.add(batches)
    const giveUp = new AbortController()
    const pull = results.pull(id, giveUp.signal)
    giveUp.abort()
    await expect(pull).rejects.toMatchObject({ code: 'CANCELLED' })
    open()
    expect([...(await results.pull(id, never)).bytes]).toEqual([1])
  })

  test('that nobody reads for five seconds is closed and says so', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const results = createResults()
    const { seen, batches } = source(10)
    const id = results.add(batches)
    await results.pull(id, never)
    vi.advanceTimersByTime(4999)
    await results.pull(id, never)
    vi.advanceTimersByTime(4999)
    expect(seen.ended).toBe(false)
    vi.advanceTimersByTime(2)
    await vi.waitFor(() => expect(seen.ended).toBe(true))
    await expect(results.pull(id, never)).rejects.toMatchObject(closed('nobody read on for 5 seconds'))
  })

  test('whose server is slow is not closed for that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const results = createResults()
    const { open, batches } = slowSource()
    const id = results.add(batches)
    vi.advanceTimersByTime(60_000)
    open()
    expect([...(await results.pull(id, never)).bytes]).toEqual([1])
  })

  test('is closed when too many others are open, the one unread for longest first', async () => {
    const results = createResults()
    const first = source(10)
    const second = source(10)
    const [firstId, secondId] = [results.add(first.batches), results.add(second.batches)]
    await results.pull(firstId, never)
    for (let count = 0; count < 31; count += 1) results.add(source(10).batches)
    await vi.waitFor(() => expect(second.seen.ended).toBe(true))
    expect(first.seen.ended).toBe(false)
    await expect(results.pull(secondId, never)).rejects.toMatchObject(closed('more than 32 results'))
    await results.closeAll()
    expect(first.seen.ended).toBe(true)
    await expect(results.pull(firstId, never)).rejects.toMatchObject(closed('its session ended'))
  })

  test('that waits for its server ends at once when it is closed', async () => {
    const results = createResults()
    const abort = new AbortController()
    async function* batches(): AsyncGenerator<Uint8Array, void, void> {
      await new Promise<void>((_, reject) =>
        abort.signal.addEventListener('abort', () => reject(new Error('ended'))),
      )
      yield Uint8Array.of(1)
    }
    const id = results.add(batches(), abort)
    const pull = results.pull(id, never)
    const refused = expect(pull).rejects.toMatchObject({ code: 'RESULT_CLOSED' })
    await results.close(id)
    await refused
  })
})
