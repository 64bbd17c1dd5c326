import { ConsoleError } from '../../../shared/errors.ts'

/** Fails where the browser cannot draw an image that the gate let through: the codes of a JPEG's pixels are read here only. */
export const assertDraws = async (mediaType: string, base64: string): Promise<void> => {
  const image = new Image()
  image.src = `data:${mediaType};base64,${base64}`
  try {
    await image.decode()
  } catch (cause) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'The image is damaged: its pixels cannot be drawn.',
      'Copy or save the file again.',
      { cause },
    )
  }
}
