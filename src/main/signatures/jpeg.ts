import { refused, refuseStrangers, trailing, truncated } from './refused.ts'

export const jpegSignature = Buffer.from('ffd8ff', 'hex')

const startOfScan = 0xda
const endOfImage = 0xd9
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7
/** Start of frame: 0xc4, 0xc8 and 0xcc lie among them and are something else. ITU T.81, table B.1 */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Where the next marker stands behind the coded pixels that begin at `at`: 0xff that neither 0 nor a restart follows. */
const afterScan = (bytes: Buffer, at: number): number => {
  for (let next = bytes.indexOf(0xff, at); next !== -1; next = bytes.indexOf(0xff, next + 1)) {
    const marker = bytes[next + 1]
    if (marker === undefined) break
    if (marker !== 0 && !isRestart(marker)) return next
  }
  throw truncated()
}

/**
 * Whether a JPEG is whole and nothing but an image: all segments from its beginning to its end, with one frame and a scan. Its pixels
 * are decoded by who shows them.
 * @param checkSize refuses a size before anybody takes memory for it
 */
export const inspectJpeg = (
  bytes: Buffer,
  checkSize: (width: number, height: number) => void,
): { width: number; height: number; hasTransparency: false } => {
  const damaged = () =>
    refused('The image is damaged: its parts do not follow each other.', 'Copy or save the file again.')
  let frame: { width: number; height: number } | null = null
  let scans = 0
  let hasQuantization = false
  let hasHuffman = false
  for (let at = 2; ; ) {
    if (at + 2 > bytes.length) throw truncated()
    if (bytes[at] !== 0xff) throw damaged()
    const marker = bytes[at + 1] ?? 0
    if (marker === endOfImage) {
      at += 2
      if (frame === null || scans === 0) throw refused('The image has no pixels.')
      if (at < bytes.length) throw trailing(bytes.length - at)
      return { ...frame, hasTransparency: false }
    }
    if (marker < 0xc0 || marker === 0xd8 || marker === 0xff || isRestart(marker)) throw damaged()
    if (at + 4 > bytes.length) throw truncated()
    const length = bytes.readUInt16BE(at + 2)
    const end = at + 2 + length
    if (length < 2) throw damaged()
    if (end > bytes.length) throw truncated()
    const content = bytes.subarray(at + 4, end)
    at = end
    if (isFrame(marker)) {
      if (frame !== null) throw damaged()
      // Baseline, extended and progressive, with Huffman codes: what every browser draws.
      if (marker > 0xc2 || content.length < 6)
        throw refused('There are kinds of JPEG that browsers do not draw, and this is one.')
      const [bits, components] = [content[0], content[5]]
      if (bits !== 8 || (components !== 1 && components !== 3) || content.length !== 6 + 3 * components) {
        throw refused(
          'The JPEG is neither grey nor in colours of a screen.',
          'Save it in RGB or as shades of grey.',
        )
      }
      frame = { height: content.readUInt16BE(1), width: content.readUInt16BE(3) }
      checkSize(frame.width, frame.height)
    } else if (marker === startOfScan) {
      if (frame === null || !hasQuantization || !hasHuffman) throw damaged()
      scans += 1
      const next = afterScan(bytes, at)
      if (next === at) throw refused('The image has no pixels.')
      at = next
    } else if (marker === 0xdb) hasQuantization = true
    else if (marker === 0xc4) hasHuffman = true
    // What programs write about an image: APPn and comments.
    else if (marker >= 0xe0) refuseStrangers(content)
  }
}
