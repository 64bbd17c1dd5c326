import type { FromPreview, ToPreview } from './preview-protocol.ts'

type Opened = {
  pages: number
  draw(page: number, width: number): Promise<{ bitmap: ImageBitmap; text: string }>
}

let opened: Opened | null = null

// The compiler sees a window here; it is a worker, whose messages need no target.
const tell = (message: FromPreview, transfer: Transferable[] = []) => self.postMessage(message, { transfer })

const open = async ({ as, bytes, contentType }: Extract<ToPreview, { kind: 'open' }>): Promise<Opened> =>
  as === 'pdf'
    ? (await import('./draw-pdf.ts')).openPdf(bytes)
    : (await import('./draw-image.ts')).openImage(bytes, contentType)

const answer = async (message: ToPreview): Promise<void> => {
  if (message.kind === 'open') {
    opened = await open(message)
    tell({ kind: 'opened', pages: opened.pages })
  } else if (message.kind === 'draw' && opened !== null) {
    const { page, width } = message
    const drawn = await opened.draw(page, width)
    tell({ kind: 'drawn', page, ...drawn }, [drawn.bitmap])
  }
}

self.addEventListener('message', ({ data }: MessageEvent<ToPreview>) => {
  answer(data).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
