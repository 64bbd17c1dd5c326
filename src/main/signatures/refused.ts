import { ConsoleError } from '../../shared/errors.ts'

/** An image that is not stored, and why. */
export const refused = (
  message: string,
  remedy = 'Save the signature anew as PNG or JPEG, and choose that file.',
): ConsoleError => new ConsoleError('INVALID_INPUT', message, remedy)

export const truncated = (): ConsoleError =>
  refused('The image ends before it is whole.', 'Copy or save the file again.')

export const trailing = (bytes: number): ConsoleError =>
  refused(
    `${bytes.toLocaleString('en')} bytes follow the end of the image: the file is something else besides.`,
  )

/** Beginnings of what can stand inside an image and be opened as something else. */
const strangers = [
  'PK\x03\x04',
  'PK\x05\x06',
  '%PDF-',
  '<script',
  '<svg',
  '<html',
  '<!doctype',
  '<?php',
  '\x7fELF',
]

/** Refuses a part of an image, which is not its pixels, that holds another kind of file. */
export const refuseStrangers = (part: Buffer): void => {
  const text = part.toString('latin1').toLowerCase()
  if (strangers.some((stranger) => text.includes(stranger.toLowerCase()))) {
    throw refused('What the image says of itself holds another kind of file.')
  }
}
