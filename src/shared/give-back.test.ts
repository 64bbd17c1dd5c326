import { expect, test } from 'vitest'
import { giveBack } from './give-back.ts'

test('memory is given back at once, and not what somebody else still sees', () => {
  const own = new Uint8Array(1024)
  giveBack(own)
  expect(own.buffer.byteLength).toBe(0)
  const shared = new Uint8Array(1024)
  giveBack(shared.subarray(0, 512))
  expect(shared.byteLength).toBe(1024)
})
