import { expect, test } from 'vitest'
import { createPartsHeld } from './parts-held.ts'

/** Which of some waits have ended. */
const watch = (waits: Record<string, Promise<void>>) => {
  const ended: string[] = []
  for (const [name, wait] of Object.entries(waits)) void wait.then(() => ended.push(name))
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return ended.toSorted()
  }
}

test('a document takes as much as there is room for, and goes on once a part of its own or of another is stored', async () => {
  const held = createPartsHeld(24)
  const first = held.open()
  const second = held.open()
  await first.take(8)
  await second.take(8)
  await first.take(8)
  const ended = watch({ first: first.take(8), second: second.take(8) })
  expect(await ended()).toEqual([])
  first.give(8)
  expect(await ended()).toEqual(['first'])
  second.give(8)
  expect(await ended()).toEqual(['first', 'second'])
})

test('a document that holds nothing waits for no other, however large its part is', async () => {
  const held = createPartsHeld(24)
  const stuck = held.open()
  await stuck.take(24)
  const other = held.open()
  await other.take(32)
  const ended = watch({ more: other.take(8) })
  expect(await ended()).toEqual([])
  other.give(32)
  expect(await ended()).toEqual(['more'])
})

test('a document that ends half-way leaves its room to the others', async () => {
  const held = createPartsHeld(24)
  const other = held.open()
  await other.take(8)
  {
    using failed = held.open()
    await failed.take(8)
    await failed.take(8)
  }
  await other.take(8)
  await other.take(8)
})
