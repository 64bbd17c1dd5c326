import { createHash } from 'node:crypto'
import { ConsoleError } from '../../shared/errors.ts'
import { type ImageFacts, imageTooLarge, type SignatureLimits } from '../../shared/signatures.ts'
import { inspectJpeg, jpegSignature } from './jpeg.ts'
import { inspectPng, pngSignature } from './png.ts'
import { refused } from './refused.ts'

/** Pixels that the console unpacks where the table does not say how many it takes. */
const ownPixelLimit = 16_000_000

const kinds = [
  { mediaType: 'image/png', name: 'PNG', begins: pngSignature, inspect: inspectPng },
  { mediaType: 'image/jpeg', name: 'JPEG', begins: jpegSignature, inspect: inspectJpeg },
] as const

const looksLikeSvg = (bytes: Buffer): boolean =>
  /^\uFEFF?\s*<(\?xml|!doctype svg|!--|svg)/i.test(bytes.subarray(0, 256).toString('utf8'))

const sizeCheck =
  (limits: SignatureLimits) =>
  (width: number, height: number): void => {
    if (width < 1 || height < 1) throw refused('The image has no pixels.')
    const [widest, highest] = [limits.width ?? ownPixelLimit, limits.height ?? ownPixelLimit]
    if (width <= widest && height <= highest && width * height <= ownPixelLimit) return
    throw new ConsoleError(
      'VALUE_TOO_LARGE',
      `The image is ${width.toLocaleString('en')} × ${height.toLocaleString('en')} pixels; ${
        limits.width === null || limits.height === null
          ? `the console takes ${ownPixelLimit.toLocaleString('en')} at most`
          : `the table takes ${limits.width.toLocaleString('en')} × ${limits.height.toLocaleString('en')} at most`
      }.`,
      'Cut it to the signature, or scan it at a lower resolution.',
    )
  }

/**
 * The gate of signatures: what an image is by its bytes, whatever it is called. Only a whole PNG or JPEG passes that is nothing else
 * besides, and within the table's limits. Size is judged before anything is unpacked. Fails with `ConsoleError`.
 */
export const inspectImage = (bytes: Buffer, limits: SignatureLimits): ImageFacts => {
  if (bytes.length === 0) throw refused('The file is empty.', 'Choose the image itself.')
  if (limits.bytes !== null && bytes.length > limits.bytes) throw imageTooLarge(bytes.length, limits.bytes)
  const kind = kinds.find(({ begins }) => bytes.subarray(0, begins.length).equals(begins))
  if (kind === undefined) {
    throw looksLikeSvg(bytes)
      ? refused('This is an SVG, which can hold scripts.', 'Save the signature as PNG.')
      : refused('This is neither a PNG nor a JPEG, whatever its name says.')
  }
  if (limits.mediaTypes?.includes(kind.mediaType) === false) {
    throw refused(`The table takes no ${kind.name}.`, `It takes ${limits.mediaTypes.join(', ')}.`)
  }
  return {
    mediaType: kind.mediaType,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...kind.inspect(bytes, sizeCheck(limits)),
  }
}
