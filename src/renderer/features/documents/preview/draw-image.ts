import { drawingSize } from './drawing-size.ts'
import { imageSize } from './image-size.ts'
import { pixelLimit } from './preview-protocol.ts'

/** Opens an image: decoded only after its head told that it is no bomb. */
export const openImage = async (bytes: ArrayBuffer, contentType: string) => {
  const size = imageSize(new Uint8Array(bytes))
  if (size === null) throw new Error('It is damaged: its head cannot be read.')
  if (size.width * size.height > pixelLimit.image) {
    throw new Error(`It has ${size.width} × ${size.height} pixels, more than are shown.`)
  }
  const image = await createImageBitmap(new Blob([bytes], { type: contentType }))
  return {
    pages: 1,
    async draw(_page: number, width: number) {
      const size = drawingSize(image, width)
      const bitmap = await createImageBitmap(image, {
        resizeWidth: size.width,
        resizeHeight: size.height,
        resizeQuality: 'high',
      })
      return { bitmap, text: '' }
    },
  }
}
