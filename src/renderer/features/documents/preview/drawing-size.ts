import { pixelLimit } from './preview-protocol.ts'

/** How large a page or an image is drawn when it shall be `width` pixels wide: smaller where it would be more than is drawn. */
export const drawingSize = (
  whole: { width: number; height: number },
  width: number,
): { scale: number; width: number; height: number } => {
  const scale = Math.min(
    width / whole.width,
    Math.sqrt(pixelLimit.drawing / (whole.width * whole.height)),
    pixelLimit.side / Math.max(whole.width, whole.height),
  )
  const pixels = (length: number) => Math.max(1, Math.floor(length * scale))
  return { scale, width: pixels(whole.width), height: pixels(whole.height) }
}
