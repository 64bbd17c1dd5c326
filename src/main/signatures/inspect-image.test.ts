import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chunk, ihdr, jpeg, png, pngOfBytes, pngSignature } from '../../../test/support/images.ts'
import type { SignatureLimits } from '../../shared/signatures.ts'
import { inspectImage } from './inspect-image.ts'

const limits: SignatureLimits = {
  bytes: 262_144,
  mediaTypes: ['image/png', 'image/jpeg'],
  width: 2400,
  height: 1200,
}
const inspect = (bytes: Buffer, changes: Partial<SignatureLimits> = {}) =>
  inspectImage(bytes, { ...limits, ...changes })

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
/** With its pixels as they are given, whatever the header says. */
const withPixels = (...parts: Buffer[]): Buffer =>
  Buffer.concat([pngSignature, ihdr(), ...parts, chunk('IEND')])
const pixels = deflateSync(Buffer.alloc(3 * 17))

describe('the gate of signatures', () => {
  test.each([
    ['an opaque PNG', png(), 'image/png', 4, 3, false],
    ['a PNG with a transparent ground', png({ fill: 0 }), 'image/png', 4, 3, true],
    ['a grey PNG', png({ colourType: 0 }), 'image/png', 4, 3, false],
    ['a grey PNG with alpha', png({ colourType: 4, fill: 128 }), 'image/png', 4, 3, true],
    [
      'a PNG with a palette',
      png({ colourType: 3, fill: 0, before: [chunk('PLTE', 'abc')] }),
      'image/png',
      4,
      3,
      false,
    ],
    [
      'a PNG with a transparent colour',
      png({ colourType: 2, before: [chunk('tRNS', 'abcdef')] }),
      'image/png',
      4,
      3,
      true,
    ],
    // Adam7 of 4 × 3: passes of 1×1, 0, 0, 1×1… by hand.
    [
      'an interlaced PNG',
      png({ width: 1, height: 1, colourType: 0, interlaced: true }),
      'image/png',
      1,
      1,
      false,
    ],
    [
      'pixels in several parts',
      withPixels(chunk('IDAT', pixels.subarray(0, 5)), chunk('IDAT', pixels.subarray(5))),
      'image/png',
      4,
      3,
      true,
    ],
    ['a JPEG', jpeg(), 'image/jpeg', 16, 8, false],
    ['exactly as many bytes as the table takes', pngOfBytes(262_144), 'image/png', 4, 3, false],
  ])('lets through %s', (_, bytes, mediaType, width, height, hasTransparency) => {
    expect(inspect(bytes)).toMatchObject({ mediaType, width, height, hasTransparency, bytes: bytes.length })
  })

  test('tells an opaque alpha channel, as of a screenshot, from a transparent ground, whatever the filter of a row', () => {
    // Rows that say "as above" and "as to the left" of an opaque first pixel.
    const opaque = (filter: number, first: number[]) =>
      Buffer.from([filter, ...first, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    const rows = [opaque(1, [9, 9, 9, 255]), opaque(2, [0, 0, 0, 0]), opaque(4, [0, 0, 0, 0])]
    expect(inspect(png({ pixels: Buffer.concat(rows) })).hasTransparency).toBe(false)
    const hole = Buffer.concat([...rows.slice(0, 2), opaque(2, [0, 0, 0, 255])])
    expect(inspect(png({ pixels: hole })).hasTransparency).toBe(true)
  })

  test.each([
    ['an empty file', Buffer.alloc(0), 'empty'],
    ['an SVG', Buffer.from(svg), 'SVG'],
    ['an SVG with a declaration', Buffer.from(`\uFEFF<?xml version="1.0"?>\n${svg}`), 'SVG'],
    ['a GIF', Buffer.from('GIF89a'), 'neither a PNG nor a JPEG'],
    ['a script', Buffer.from('#!/bin/sh'), 'neither a PNG nor a JPEG'],
    [
      'a PNG with one wrong byte',
      Buffer.from(png().map((byte, at) => (at === 43 ? byte ^ 1 : byte))),
      'checksum',
    ],
    ['a PNG with a ZIP behind it', Buffer.concat([png(), Buffer.from('PK\x05\x06')]), '4 bytes follow'],
    ['a JPEG with a page behind it', Buffer.concat([jpeg(), Buffer.from('<html>')]), '6 bytes follow'],
    [
      'a PNG with a ZIP in its text',
      png({ before: [chunk('tEXt', 'x\0PK\x03\x04')] }),
      'another kind of file',
    ],
    [
      'a PNG with a PDF in a chunk of its own',
      png({ after: [chunk('juNk', '%PDF-1.7')] }),
      'another kind of file',
    ],
    [
      'a JPEG with a script in its comment',
      Buffer.concat([
        jpeg().subarray(0, 2),
        Buffer.from('fffe000a', 'hex'),
        Buffer.from('<SCRIPT>'),
        jpeg().subarray(2),
      ]),
      'another kind of file',
    ],
    [
      'bytes behind the pixels, inside of them',
      withPixels(chunk('IDAT', Buffer.concat([pixels, Buffer.from('more')]))),
      '4 bytes follow',
    ],
    ['an image that moves', png({ before: [chunk('acTL', Buffer.alloc(8))] }), 'moves'],
    ['fewer pixels than promised', png({ pixels: Buffer.alloc(17) }), 'not what its size promises'],
    ['more pixels than promised', png({ pixels: Buffer.alloc(17 * 4) }), 'not what its size promises'],
    ['a row that cannot be read', png({ pixels: Buffer.alloc(17 * 3, 5) }), 'cannot be read'],
    ['pixels that are none', withPixels(chunk('IDAT', 'nothing')), 'cannot be unpacked'],
    ['no pixels', withPixels(), 'no pixels'],
    ['no size', png({ width: 0 }), 'no pixels'],
    [
      'pixels in two places',
      withPixels(chunk('IDAT', pixels.subarray(0, 5)), chunk('tIME'), chunk('IDAT', pixels.subarray(5))),
      'two places',
    ],
    ['a part that no PNG has', png({ before: [chunk('EVIL')] }), 'EVIL'],
    ['a palette image without its palette', png({ colourType: 3 }), 'no colours'],
    ['a colour type that does not exist', png({ colourType: 5 }), 'no such colours'],
    [
      'a JPEG without a scan',
      Buffer.concat([jpeg().subarray(0, 20), Buffer.from('ffd9', 'hex')]),
      'no pixels',
    ],
    [
      'a JPEG with two frames',
      Buffer.concat([jpeg().subarray(0, 177), jpeg().subarray(158)]),
      'do not follow',
    ],
  ])('refuses %s', (_, bytes, words) => {
    expect(() => inspect(bytes)).toThrow(words)
  })

  test.each([
    ['PNG', png({ fill: 0 })],
    ['JPEG', jpeg()],
  ])('refuses a %s that was cut, wherever', (_, bytes) => {
    const passed = Array.from(bytes.keys()).filter((length) => {
      try {
        inspect(bytes.subarray(0, length))
        return true
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConsoleError' })
        return false
      }
    })
    expect(passed).toEqual([])
  })

  test('refuses one byte more than the table takes, and one pixel, each with the number', () => {
    expect(() => inspect(pngOfBytes(262_145))).toThrow('262,145 bytes; the table takes 262,144')
    expect(() => inspect(png({ width: 2401, height: 1, colourType: 0 }))).toThrow('2,401 × 1 pixels')
    expect(() => inspect(png({ width: 1, height: 1201, colourType: 0 }))).toThrow('1 × 1,201 pixels')
    expect(() => inspect(jpeg(), { width: 15 })).toThrow('16 × 8 pixels')
  })

  test('refuses a bomb by its size, before it takes memory, and one that lies about its size', () => {
    const huge = png({ width: 50_000, height: 50_000, pixels: Buffer.alloc(10) })
    for (const changes of [{}, { width: null, height: null }]) {
      expect(() => inspect(huge, changes)).toThrow('50,000 × 50,000 pixels')
    }
    const zeros = Buffer.alloc(50_000_000)
    const lying = png({ pixels: zeros })
    const before = process.memoryUsage().arrayBuffers
    expect(() => inspect(lying)).toThrow('not what its size promises')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000)
  })

  test('refuses what the table does not take', () => {
    expect(() => inspect(jpeg(), { mediaTypes: ['image/png'] })).toThrow('takes no JPEG')
  })
})
