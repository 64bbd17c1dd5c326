import { constants, crc32, inflateSync } from 'node:zlib'
import { isSeeThrough } from './png-alpha.ts'
import { refused, refuseStrangers, trailing, truncated } from './refused.ts'

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/** Of each colour type: channels, and the bits that each may have. https://www.w3.org/TR/png-3/#11IHDR */
const colourTypes: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
}

/** Adam7: first column and row, and the steps between them. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

type Header = { width: number; height: number; colourType: number; bits: number; interlaced: boolean }
type Chunk = { type: string; content: Buffer }

/** The chunks up to IEND, each with its checksum computed. */
function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = pngSignature.length; ; ) {
    if (at + 12 > bytes.length) throw truncated()
    const length = bytes.readUInt32BE(at)
    const end = at + 12 + length
    if (end > bytes.length) throw truncated()
    const body = bytes.subarray(at + 4, end - 4)
    const type = body.toString('latin1', 0, 4)
    if (!/^[A-Za-z]{4}$/.test(type)) throw refused('The image is damaged: a part of it has no name.')
    if (crc32(body) !== bytes.readUInt32BE(end - 4)) {
      throw refused(
        `The image is damaged: the checksum of its ${type} is wrong.`,
        'Copy or save the file again.',
      )
    }
    yield { type, content: body.subarray(4) }
    at = end
    if (type !== 'IEND') continue
    if (at < bytes.length) throw trailing(bytes.length - at)
    return
  }
}

const headerOf = ({ type, content }: Chunk): Header => {
  if (type !== 'IHDR' || content.length !== 13)
    throw refused('The image is damaged: it does not begin with its size.')
  const [depth = 0, colourType = 0, compression = 0, filter = 0, interlace = 0] = content.subarray(8)
  const kind = colourTypes[colourType]
  if (kind?.depths.includes(depth) !== true || compression !== 0 || filter !== 0 || interlace > 1) {
    throw refused('The image is damaged: there are no such colours in a PNG.')
  }
  return {
    width: content.readUInt32BE(0),
    height: content.readUInt32BE(4),
    colourType,
    bits: kind.channels * depth,
    interlaced: interlace === 1,
  }
}

/** The lengths of the rows that the pixels consist of, run by run; each row begins with the number of its filter. */
const rowsOf = ({ width, height, bits, interlaced }: Header): { rows: number; length: number }[] =>
  (interlaced ? passes : ([[0, 0, 1, 1]] as const)).flatMap(([x, y, stepX, stepY]) => {
    const columns = Math.ceil((width - x) / stepX)
    const rows = Math.ceil((height - y) / stepY)
    return columns > 0 && rows > 0 ? [{ rows, length: 1 + Math.ceil((columns * bits) / 8) }] : []
  })

/** Inflates the pixels, at most to the length that the header promises, and looks at each row's filter. */
const unpackPixels = (header: Header, compressed: Buffer): Buffer => {
  const runs = rowsOf(header)
  const expected = runs.reduce((sum, { rows, length }) => sum + rows * length, 0)
  const notAsPromised = () =>
    refused('The image is not what its size promises.', 'Open it in a program for images and save it again.')
  let pixels: Buffer
  try {
    // Zlib is asked for its own end, so that nothing can stand behind the pixels. Its types leave `info` out.
    const inflated: unknown = inflateSync(compressed, {
      maxOutputLength: expected,
      info: true,
      finishFlush: constants.Z_FINISH,
    })
    const { buffer, engine } = inflated as { buffer: Buffer; engine: { bytesWritten: number } }
    if (engine.bytesWritten !== compressed.length) throw trailing(compressed.length - engine.bytesWritten)
    pixels = buffer
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ERR_BUFFER_TOO_LARGE') throw notAsPromised()
    if (code === 'Z_BUF_ERROR') throw truncated()
    if (code === 'Z_DATA_ERROR')
      throw refused('The image is damaged: its pixels cannot be unpacked.', 'Copy or save the file again.')
    throw error
  }
  if (pixels.length !== expected) throw notAsPromised()
  let at = 0
  for (const { rows, length } of runs) {
    for (let row = 0; row < rows; row += 1) {
      if ((pixels[at] ?? 0) > 4) throw refused('The image is damaged: a row of pixels cannot be read.')
      at += length
    }
  }
  return pixels
}

const alphaChannel = (colourType: number): boolean => colourType === 4 || colourType === 6

/** An image may have an alpha channel and be opaque all the same, as every screenshot is. What is rare is taken by its word. */
const isTransparent = (header: Header, pixels: Buffer): boolean => {
  if (!alphaChannel(header.colourType)) return false
  const channels = header.colourType === 6 ? 4 : 2
  if (header.interlaced || header.bits !== channels * 8) return true
  return isSeeThrough(pixels, 1 + header.width * channels, channels)
}

/**
 * Whether a PNG is whole and nothing but an image: all chunks, their checksums, and all its pixels.
 * @param checkSize refuses a size before any memory is taken for it
 */
export const inspectPng = (
  bytes: Buffer,
  checkSize: (width: number, height: number) => void,
): { width: number; height: number; hasTransparency: boolean } => {
  let header: Header | null = null
  let hasPalette = false
  let hasTransparentColour = false
  const pixels: Buffer[] = []
  let pixelsEnded = false
  for (const chunk of chunksOf(bytes)) {
    const { type, content } = chunk
    if (header === null) {
      header = headerOf(chunk)
      checkSize(header.width, header.height)
      continue
    }
    if (type !== 'IDAT') pixelsEnded = pixels.length > 0
    switch (type) {
      case 'IDAT':
        if (pixelsEnded) throw refused('The image is damaged: its pixels stand in two places.')
        pixels.push(content)
        break
      case 'PLTE':
        if (hasPalette || content.length === 0 || content.length > 768 || content.length % 3 !== 0)
          throw refused('The image is damaged: its colours cannot be read.')
        hasPalette = true
        break
      case 'tRNS':
        hasTransparentColour = true
        break
      case 'acTL':
      case 'fcTL':
      case 'fdAT':
        throw refused('The image moves.', 'Save one picture of it as PNG.')
      case 'IEND':
        if (content.length > 0) throw trailing(content.length)
        break
      default:
        // Upper case: nobody can draw the image without it.
        if (/^[A-Z]/.test(type)) throw refused(`The image holds a part that no PNG has: ${type}.`)
        refuseStrangers(content)
    }
  }
  if (header === null || pixels.length === 0) throw refused('The image has no pixels.')
  if (header.colourType === 3 && !hasPalette) throw refused('The image is damaged: it has no colours.')
  const unpacked = unpackPixels(header, Buffer.concat(pixels))
  const { width, height } = header
  return { width, height, hasTransparency: hasTransparentColour || isTransparent(header, unpacked) }
}
