import { crc32, deflateSync } from 'node:zlib'

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/** A PNG's chunk with the checksum that it should have. */
export const chunk = (type: string, content: Buffer | string = ''): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(content)])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(body.length - 4, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

type PngOptions = {
  width?: number
  height?: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha; all of 8 bits. */
  colourType?: number
  interlaced?: boolean
  /** Before compression; by default all pixels are `fill`. */
  pixels?: Buffer
  fill?: number
  /** Chunks between header and pixels. */
  before?: Buffer[]
  after?: Buffer[]
}

export const ihdr = ({
  width = 4,
  height = 3,
  colourType = 6,
  interlaced = false,
}: PngOptions = {}): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, colourType, 0, 0, interlaced ? 1 : 0], 8)
  return chunk('IHDR', header)
}

/** A PNG of one colour, or of what the options say. */
export const png = (options: PngOptions = {}): Buffer => {
  const { width = 4, height = 3, colourType = 6, fill = 255, before = [], after = [] } = options
  const channels = [1, 0, 3, 1, 2, 0, 4][colourType] ?? 0
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * channels, fill)])
  const pixels = options.pixels ?? Buffer.concat(Array.from({ length: height }, () => row))
  return Buffer.concat([
    pngSignature,
    ihdr(options),
    ...before,
    chunk('IDAT', deflateSync(pixels)),
    ...after,
    chunk('IEND'),
  ])
}

/** A PNG of exactly so many bytes, by a comment. */
export const pngOfBytes = (bytes: number): Buffer => {
  const bare = png().length + 12
  return png({ before: [chunk('tEXt', Buffer.alloc(bytes - bare, 'a'))] })
}

/** As Chromium makes one: a line on white, 16 × 8. */
export const jpeg = (): Buffer =>
  Buffer.from(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEE/8QAGxABAAMAAwEAAAAAAAAAAAAAAQACEWGh0fH/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8A1LdcrUOXz5KUx1sr1EQP/9k=',
    'base64',
  )
