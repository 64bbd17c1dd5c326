import { expect, test } from 'vitest'
import { imageSize } from './image-size.ts'

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

test('the size of an image is read from its head', () => {
  expect(imageSize(bytes('89504e470d0a1a0a 0000000d 49484452 0000c350 00009c40'))).toEqual({
    width: 50_000,
    height: 40_000,
  })
  expect(imageSize(bytes('ffd8 ffe0 0004 0000 ffff c0 0011 08 0010 0020 03 00000000'))).toEqual({
    width: 32,
    height: 16,
  })
})

test('what is no image, or ends too early, has no size', () => {
  for (const hex of ['', 'ffd8', 'ffd8ffe0ffff0000', '25504446', '89504e47']) {
    expect(imageSize(bytes(hex))).toBeNull()
  }
})
