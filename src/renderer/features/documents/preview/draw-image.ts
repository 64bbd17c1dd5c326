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
      const fitting = Math.sqrt(pixelLimit.drawing / (image.width * image.height))
      const scale = Math.min(width / image.width, fitting)
      const bitmap = await createImageBitmap(image, {
        resizeWidth: Math.max(1, Math.round(image.width * scale)),
        resizeHeight: Math.max(1, Math.round(image.height * scale)),
        resizeQuality: 'high',
      })
      return { bitmap, text: '' }
    },
  }
}
