import { crc32, deflateSync } from 'node:zlib'

const width = 240
const height = 80

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}

/** A small generator of numbers in [0, 1), the same for the same seed (mulberry32). */
const generator = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** A made-up handwritten signature as a black and white PNG (W3C PNG, 240 x 80), the same for the same seed. */
export const signatureImage = (seed: number): Buffer => {
  const next = generator(seed)
  const stride = 1 + width / 8
  const pixels = Buffer.alloc(stride * height, 0xff)
  // Each line begins with its filter type; 0 is none.
  for (let y = 0; y < height; y++) pixels[y * stride] = 0
  const ink = (x: number, y: number) => {
    if (x < 0 || x >= width || y < 0 || y >= height) return
    const at = y * stride + 1 + (x >> 3)
    pixels[at] = (pixels[at] ?? 0) & ~(0x80 >> (x & 7))
  }
  const waves = Array.from({ length: 4 }, (_, n) => ({
    speed: (n + 1) * (2 + 4 * next()),
    sway: (26 * next()) / (n + 1),
    tall: (30 * next()) / (n + 1),
    phase: 2 * Math.PI * next(),
  }))
  const steps = 6000
  for (let step = 0; step < steps; step++) {
    const t = step / steps
    let x = 24 + 190 * t
    let y = height / 2
    for (const { speed, sway, tall, phase } of waves) {
      x += sway * Math.sin(2 * Math.PI * speed * t + phase)
      y += tall * Math.cos(2 * Math.PI * speed * t + phase) * (1 - 0.6 * t)
    }
    ink(Math.round(x), Math.round(y))
    ink(Math.round(x), Math.round(y) + 1)
  }
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
}
