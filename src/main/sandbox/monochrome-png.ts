import { crc32, deflateSync } from 'node:zlib'

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}

/** A white sheet to draw on, which becomes a PNG (W3C PNG) of one bit a pixel. Its width is a multiple of 8. */
export const monochromeSheet = (width: number, height: number) => {
  const stride = 1 + width / 8
  const pixels = Buffer.alloc(stride * height, 0xff)
  // Each line begins with its filter type; 0 is none.
  for (let y = 0; y < height; y++) pixels[y * stride] = 0
  return {
    ink(x: number, y: number): void {
      if (x < 0 || x >= width || y < 0 || y >= height) return
      const at = y * stride + 1 + (x >> 3)
      pixels[at] = (pixels[at] ?? 0) & ~(0x80 >> (x & 7))
    },
    png(): Buffer {
      const header = Buffer.alloc(13)
      header.writeUInt32BE(width, 0)
      header.writeUInt32BE(height, 4)
      header[8] = 1 // bits per sample, greyscale
      return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        chunk('IHDR', header),
        // Stored, not compressed: what a compressor makes of it would depend on zlib's version.
        chunk('IDAT', deflateSync(pixels, { level: 0 })),
        chunk('IEND', Buffer.alloc(0)),
      ])
    },
  }
}

/** A small generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export const generator = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}
