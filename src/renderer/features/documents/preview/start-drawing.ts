import { type FromPreview, type PreviewKind, patience, type ToPreview } from './preview-protocol.ts'
import PreviewWorker from './preview-worker.ts?worker'

export type DrawingSource = { kind: PreviewKind; contentType: string; blob: Blob }

/**
 * Opens a document in a worker of its own: that has no page, no session and no way to the console, and is ended with the first
 * failure, or when a step takes too long.
 */
export const startDrawing = (
  { kind, contentType, blob }: DrawingSource,
  tell: (what: FromPreview) => void,
) => {
  const worker = new PreviewWorker()
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  const end = () => {
    ended = true
    clearTimeout(timer)
    worker.terminate()
  }
  const fail = (message: string) => {
    if (ended) return
    end()
    tell({ kind: 'failed', message })
  }
  const send = (message: ToPreview, transfer: Transferable[] = []) => {
    if (ended) return
    clearTimeout(timer)
    timer = setTimeout(() => fail('Drawing it takes too long.'), patience)
    worker.postMessage(message, transfer)
  }
  worker.addEventListener('message', ({ data }: MessageEvent<Partial<FromPreview>>) => {
    // pdf.js says something of its own, too.
    if (ended || data.kind === undefined) return
    clearTimeout(timer)
    if (data.kind === 'failed') fail(data.message ?? '')
    else tell(data as FromPreview)
  })
  worker.addEventListener('error', () => fail('What draws it failed.'))
  blob.arrayBuffer().then(
    (bytes) => send({ kind: 'open', as: kind, contentType, bytes }, [bytes]),
    () => fail('Its bytes cannot be read.'),
  )
  return { draw: (page: number, width: number) => send({ kind: 'draw', page, width }), end }
}
