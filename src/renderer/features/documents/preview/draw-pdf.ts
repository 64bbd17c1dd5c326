import * as pdf from 'pdfjs-dist'
import * as pdfWorker from 'pdfjs-dist/build/pdf.worker.mjs'
import { drawingSize } from './drawing-size.ts'
import { pixelLimit, textLimit } from './preview-protocol.ts'

// All of pdf.js runs in this worker, its parser too.
Object.assign(globalThis, { pdfjsWorker: pdfWorker })

/** Filters are drawn with SVG elements, which a worker has none of: colours stay as they are. */
class FilterFactory {
  addFilter = () => 'none'
  addHCMFilter = () => 'none'
  addAlphaFilter = () => 'none'
  addLuminosityFilter = () => 'none'
  addHighlightHCMFilter = () => 'none'
  addKnockoutFilter = () => 'none'
  destroy = () => undefined
}

/** What pdf.js wants of a page: canvases, and that there are fonts, of which it then loads none. */
const standIn = {
  createElement: () => new OffscreenCanvas(1, 1),
  fonts: { add: () => undefined, delete: () => undefined },
}

const assets = new URL(`/assets/pdf-${pdf.version}/`, self.location.origin).href

/** Opens a PDF: no script of it runs, nothing of it is fetched, its fonts are drawn as shapes. */
export const openPdf = async (bytes: ArrayBuffer) => {
  const document = await pdf.getDocument({
    data: new Uint8Array(bytes),
    FilterFactory,
    standardFontDataUrl: `${assets}standard_fonts/`,
    cMapUrl: `${assets}cmaps/`,
    wasmUrl: `${assets}wasm/`,
    useWorkerFetch: true,
    useWasm: false,
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    isImageDecoderSupported: false,
    disableWorkerRendering: true,
    maxImageSize: pixelLimit.image,
    canvasMaxAreaInBytes: pixelLimit.image * 4,
    ownerDocument: standIn as unknown as HTMLDocument,
    verbosity: pdf.VerbosityLevel.ERRORS,
  }).promise
  return {
    pages: document.numPages,
    async draw(number: number, width: number) {
      const page = await document.getPage(number)
      const size = drawingSize(page.getViewport({ scale: 1 }), width)
      const viewport = page.getViewport({ scale: size.scale })
      const canvas = new OffscreenCanvas(size.width, size.height)
      await page.render({
        canvas: canvas as unknown as HTMLCanvasElement,
        viewport,
        annotationMode: pdf.AnnotationMode.ENABLE,
      }).promise
      const { items } = await page.getTextContent()
      const text = items.map((item) => ('str' in item ? item.str : '')).join(' ')
      page.cleanup()
      return { bitmap: canvas.transferToImageBitmap(), text: text.slice(0, textLimit.page) }
    },
  }
}
